namespace Matching.Api.Plumbing.Identity;

/// <summary>Holds the caller of one request; who asks for a <see cref="Caller"/> is given this one.</summary>
public sealed class CallerBox
{
    public Caller Caller { get; set; } = Caller.Nobody;
}

public static class CallerMiddleware
{
    /// <summary>Finds out who asks, once, before any deed is made.</summary>
    public static void UseCaller(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        var source = context.RequestServices.GetRequiredService<CallerSource>();
        if (PartnerKey.Read(context.Request.Headers.Authorization) is { } key)
        {
            context.RequestServices.GetRequiredService<CallerBox>().Caller = await source.FromAsync(key);
        }
        else if (context.User.Identity is { IsAuthenticated: true })
        {
            context.RequestServices.GetRequiredService<CallerBox>().Caller = await source.FromAsync(context.User);
        }

        await next(context);
    });
}
