using System.Security.Claims;
using Matching.Api.Plumbing.Clocks;
using Matching.Api.Plumbing.Identity;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;

namespace Matching.Api.Board;

/// <summary>
/// The operators' board at <c>/board</c>: pages rendered on the server. Every figure and every button is a deed of the API, asked in this process with the
/// rights of whoever is signed in (<see cref="BoardDeeds"/>).
/// </summary>
public static class BoardPart
{
    public const string Prefix = "/board";

    /// <summary>The scheme of the board's cookie. It counts at the board only, so that no page elsewhere can make a browser do a deed of the API.</summary>
    public const string Scheme = "Board";

    private const string EitherScheme = "BearerOrBoard";

    /// <summary>A page of ours to go to, whatever a form or an address says.</summary>
    public static string PageOr(string address) =>
        address.StartsWith(Prefix, StringComparison.Ordinal) && !address.Contains("//", StringComparison.Ordinal) && !address.Contains('\\') ? address : Prefix;

    /// <summary>What a browser is told of every page: no script but ours, nobody's frame, nothing kept.</summary>
    public static void Guard(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; form-action 'self'; base-uri 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        headers.CacheControl = "no-cache, no-store";
        headers.Pragma = "no-cache";
    }

    public static void AddBoard(this WebApplicationBuilder builder)
    {
        builder.Services.AddRazorComponents();
        builder.Services.AddHttpContextAccessor();
        builder.Services.AddScoped<BoardDeeds>();
        builder.Services.AddScoped<SaidOnce>();
        builder.Services.AddScoped(services => Words.Of(services.GetRequiredService<IHttpContextAccessor>().HttpContext!.Request));
        builder.Services.AddSingleton<LivePulse>();
        builder.Services.AddAntiforgery(antiforgery =>
        {
            antiforgery.Cookie.Name = "board-form";
            antiforgery.Cookie.Path = Prefix;
            antiforgery.Cookie.SameSite = SameSiteMode.Strict;
            antiforgery.FormFieldName = "_form";
        });
        builder.Services.AddAuthentication(options => options.DefaultScheme = EitherScheme)
            .AddPolicyScheme(EitherScheme, null, either =>
                either.ForwardDefaultSelector = context => context.Request.Path.StartsWithSegments(Prefix) ? Scheme : JwtBearerDefaults.AuthenticationScheme)
            .AddCookie(Scheme, cookie =>
            {
                cookie.Cookie.Name = "board";
                cookie.Cookie.Path = Prefix;
                cookie.Cookie.HttpOnly = true;
                cookie.Cookie.SameSite = SameSiteMode.Lax;
                cookie.ExpireTimeSpan = TimeSpan.FromHours(10);
                cookie.SlidingExpiration = true;
            });
        // Cookies age by the machine's clock, not by the field's.
        builder.Services.AddOptions<CookieAuthenticationOptions>(Scheme).Configure<MachineClock>((cookie, clock) => cookie.TimeProvider = clock.Source);
    }

    public static void MapBoard(this WebApplication app)
    {
        var board = app.MapGroup("");
        board.MapRazorComponents<BoardDocument>();
        board.MapGet(Prefix + "/assets/{version}/{name}", BoardFiles.ServeAsync);
        board.MapGet(Prefix + "/figures.csv", FiguresFile.ServeAsync);
        board.MapGet(Prefix + "/live", LivePulse.ServeAsync);
        board.MapPost(Prefix + "/go/sign-in", SignInForm.TakeAsync);
        board.MapPost(Prefix + "/go/sign-out", SignInForm.LeaveAsync);
        board.MapPost(Prefix + "/go/hat", SignInForm.ChangeHatAsync);
        board.MapPost(Prefix + "/go/language", Words.ChooseAsync);
        board.MapPost(Prefix + "/do/{deed}", DeedForm.TakeAsync);
    }

    /// <summary>Pages may run no script but ours and stand in nobody's frame; who is not signed in is sent to the door.</summary>
    public static void UseBoard(this WebApplication app)
    {
        app.UseWhen(context => context.Request.Path.StartsWithSegments(Prefix), board => board.Use(async (context, next) =>
        {
            Guard(context.Response.Headers);
            var path = context.Request.Path;
            var atTheDoor = path.StartsWithSegments(Prefix + "/sign-in") || path.StartsWithSegments(Prefix + "/assets") || path.StartsWithSegments(Prefix + "/go");
            if (!atTheDoor && context.RequestServices.GetRequiredService<CallerBox>().Caller is not { IsStaff: true })
            {
                if (path.StartsWithSegments(Prefix + "/live"))
                {
                    context.Response.StatusCode = StatusCodes.Status204NoContent;
                    return;
                }

                context.Response.Redirect($"{Prefix}/sign-in?back={Uri.EscapeDataString(HttpMethods.IsGet(context.Request.Method) ? path + context.Request.QueryString : Prefix)}");
                return;
            }

            await next(context);
        }));
        app.UseAntiforgery();
    }
}
