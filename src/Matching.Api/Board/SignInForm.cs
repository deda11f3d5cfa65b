using System.Security.Claims;
using Matching.Accounts;
using Matching.Api.Accounts;
using Matching.Api.Plumbing.Identity;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;

namespace Matching.Api.Board;

/// <summary>The door of the board: the sign-in of the API, kept in a cookie. Taken-away hats and ended sign-ins count from the next page on.</summary>
public static class SignInForm
{
    private static readonly Role[] Staff = [Role.Dispatcher, Role.Curator, Role.SiteAdmin, Role.CenterAdmin, Role.PlatformAdmin];

    public static async Task TakeAsync(HttpContext context, IAntiforgery antiforgery, BoardDeeds deeds)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var back = form["_back"].ToString();
        var door = $"{BoardPart.Prefix}/sign-in?back={Uri.EscapeDataString(back)}";
        if (!await antiforgery.IsRequestValidAsync(context))
        {
            DeedForm.GoBack(context, door, Refusals.FormExpired);
            return;
        }

        var answer = await deeds.AskAsync<SignInResponse>(
            new SignInRequest(Grant.Password, Username: form["username"].ToString(), Password: form["password"].ToString()));
        if (answer.Refusal is { } refusal)
        {
            DeedForm.GoBack(context, door, refusal);
            return;
        }

        var hat = Staff.Select(role => answer.Value.Hats.FirstOrDefault(hat => hat.Role == role)).FirstOrDefault(found => found is not null);
        if (hat is null)
        {
            DeedForm.GoBack(context, door, Refusals.RoleNotAllowed);
            return;
        }

        await WearAsync(context, answer.Value.AccountId, hat.Id, FamilyOf(answer.Value.AccessToken));
        context.Response.Redirect(BoardPart.PageOr(back));
    }

    public static async Task ChangeHatAsync(HttpContext context, IAntiforgery antiforgery, BoardDeeds deeds, Caller caller)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var me = await deeds.AskAsync<ShowMeResponse>(new ShowMeRequest());
        if (await antiforgery.IsRequestValidAsync(context) && !me.Refused
            && me.Value.Hats.FirstOrDefault(hat => hat.Id.ToString() == form["hat"] && Staff.Contains(hat.Role)) is { } hat)
        {
            await WearAsync(context, caller.AccountId, hat.Id, caller.FamilyId);
        }

        context.Response.Redirect(BoardPart.Prefix);
    }

    public static async Task LeaveAsync(HttpContext context, IAntiforgery antiforgery, BoardDeeds deeds)
    {
        if (await antiforgery.IsRequestValidAsync(context))
        {
            await deeds.AskAsync<Done>(new SignOutRequest());
            await context.SignOutAsync(BoardPart.Scheme);
        }

        context.Response.Redirect(BoardPart.Prefix + "/sign-in");
    }

    private static Task WearAsync(HttpContext context, Id accountId, Id hatId, Id familyId) => context.SignInAsync(
        BoardPart.Scheme,
        new ClaimsPrincipal(new ClaimsIdentity(
            [
                new Claim(Tokens.AccountClaim, accountId.ToString()),
                new Claim(Tokens.HatClaim, hatId.ToString()),
                new Claim(Tokens.SessionClaim, familyId.ToString()),
            ],
            BoardPart.Scheme)));

    private static Id FamilyOf(string accessToken) =>
        Id.ParseOrNone(new Microsoft.IdentityModel.JsonWebTokens.JsonWebToken(accessToken).GetClaim(Tokens.SessionClaim).Value);
}
