using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Catalog;

/// <param name="Retired">True takes it off the menu; orders under way keep the rules that were copied.</param>
public sealed record ChangeMenuItemRequest(Id MenuItemId, MenuItemText Item, bool Retired = false);

public sealed class ChangeMenuItemValidator : AbstractValidator<ChangeMenuItemRequest>
{
    public ChangeMenuItemValidator() => RuleFor(r => r.Item).SetValidator(new MenuItemTextValidator());
}

/// <summary>Writes an item of the menu anew, or takes it off.</summary>
public sealed class ChangeMenuItem(CatalogStore catalog, Database database, Caller caller, TimeProvider clock)
    : Endpoint<ChangeMenuItemRequest, MenuItemResponse>
{
    public override void Configure()
    {
        Put("/menu-items/{menuItemId}");
        Allow(Role.CenterAdmin, Role.PlatformAdmin);
        EditsWithIfMatch();
        Refuses(Refusals.MenuItemUnknown, Refusals.SkillUnknown, Refusals.SkillTwice, Refusals.SkillLevelOutOfRange, Refusals.QualificationUnknown,
            Refusals.PeopleNeededAboveWanted);
    }

    protected override Task<Outcome<MenuItemResponse>> RunAsync(ChangeMenuItemRequest request, CancellationToken ct)
    {
        var version = IfMatch;
        var english = Languages.WantsEnglish(Web.Request);
        return database.WriteAsync(
            async tx =>
            {
                if (await catalog.MenuItemAsync(tx, request.MenuItemId) is not { } found || !CatalogStore.MayEdit(caller, found.CenterId))
                {
                    return Refusals.MenuItemUnknown;
                }

                var changed = request.Item.WrittenOn(found) with
                {
                    Version = version,
                    RetiredAt = request.Retired ? found.RetiredAt ?? clock.GetUtcNow() : null,
                };
                if (await catalog.CheckDemandsAsync(tx, found.CenterId, changed.Skills, changed.Qualifications) is { } wrong)
                {
                    return wrong.At($"item.{wrong.Field}");
                }

                return await catalog.UpdateAsync(tx, changed)
                    ? (Outcome<MenuItemResponse>)MenuItemResponse.Of(changed with { Version = version + 1 }, english)
                    : Refusals.ChangedMeanwhile;
            },
            ct);
    }
}
