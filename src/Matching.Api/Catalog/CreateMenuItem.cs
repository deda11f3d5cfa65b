using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Catalog;

/// <param name="CenterId">Whose menu; needed when the platform does it, otherwise the caller's center.</param>
public sealed record CreateMenuItemRequest(string Code, MenuItemText Item, Id? CenterId = null);

public sealed class CreateMenuItemValidator : AbstractValidator<CreateMenuItemRequest>
{
    public CreateMenuItemValidator()
    {
        RuleFor(r => r.Code).Code();
        RuleFor(r => r.Item).SetValidator(new MenuItemTextValidator());
    }
}

/// <summary>A new item on a center's menu.</summary>
public sealed class CreateMenuItem(CatalogStore catalog, Sites.SiteStore sites, Database database, Ids ids, Caller caller)
    : Endpoint<CreateMenuItemRequest, MenuItemResponse>
{
    public override void Configure()
    {
        Post("/menu-items");
        Allow(Role.CenterAdmin, Role.PlatformAdmin);
        Creates();
        Refuses(Refusals.SiteUnknown, Refusals.CodeTaken, Refusals.SkillUnknown, Refusals.SkillTwice, Refusals.SkillLevelOutOfRange,
            Refusals.QualificationUnknown, Refusals.PeopleNeededAboveWanted);
    }

    protected override async Task<Outcome<MenuItemResponse>> RunAsync(CreateMenuItemRequest request, CancellationToken ct)
    {
        var english = Languages.WantsEnglish(Web.Request);
        var item = request.Item.WrittenOn(new MenuItem
        {
            Id = ids.Next(IdKind.MenuItem),
            Version = 1,
            CenterId = request.CenterId ?? caller.CenterId,
            Code = request.Code,
        });
        try
        {
            return await database.WriteAsync(
                async tx =>
                {
                    if (await sites.CenterAsync(tx, item.CenterId) is null || !CatalogStore.MayEdit(caller, item.CenterId))
                    {
                        return Refusals.SiteUnknown.At("centerId");
                    }

                    if (await catalog.CheckDemandsAsync(tx, item.CenterId, item.Skills, item.Qualifications) is { } wrong)
                    {
                        return wrong.At($"item.{wrong.Field}");
                    }

                    await catalog.InsertAsync(tx, item);
                    return (Outcome<MenuItemResponse>)MenuItemResponse.Of(item, english);
                },
                ct);
        }
        catch (SomebodyWasFirstException)
        {
            return Refusals.CodeTaken.At("code");
        }
    }
}
