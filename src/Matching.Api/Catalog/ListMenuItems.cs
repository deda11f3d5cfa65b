using FluentValidation;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Volunteers;

namespace Matching.Api.Catalog;

/// <param name="CenterId">Whose menu; the caller's center when nobody says, and every center's for who has none.</param>
/// <param name="Category">Only of this category.</param>
/// <param name="Retired">Also what is no longer offered.</param>
public sealed record ListMenuItemsRequest(
    Id? CenterId = null, TeamCategory? Category = null, bool Retired = false, string? Cursor = null, int Take = Page<MenuItem>.Usual);

public sealed class ListMenuItemsValidator : AbstractValidator<ListMenuItemsRequest>
{
    public ListMenuItemsValidator() => RuleFor(r => r.Take).InclusiveBetween(1, Page<MenuItem>.Most);
}

/// <summary>The menu: what can be ordered, by center and code.</summary>
public sealed class ListMenuItems(CatalogStore catalog, Caller caller) : Endpoint<ListMenuItemsRequest, Page<MenuItemResponse>>
{
    public override void Configure()
    {
        Get("/menu-items");
        AllowAnyone();
        Refuses(Refusals.CursorInvalid);
    }

    protected override async Task<Outcome<Page<MenuItemResponse>>> RunAsync(ListMenuItemsRequest request, CancellationToken ct)
    {
        var centerId = request.CenterId ?? (caller.CenterId.IsNone ? null : caller.CenterId);
        var list = $"menu-items/{centerId}/{request.Category}/{request.Retired}";
        var after = Cursor.Read(request.Cursor, list, 2);
        if (after.Refused)
        {
            return after.Refusal!;
        }

        var (afterCenter, afterCode) = after.Value is [var center, var code] ? (Id.ParseOrNone(center), code) : (Id.None, "");
        var english = Languages.WantsEnglish(Web.Request);
        var items = await catalog.ItemsAsync(centerId, request.Category, request.Retired, afterCenter, afterCode, request.Take + 1);
        return Page<MenuItemResponse>.Of(
            items, request.Take, item => MenuItemResponse.Of(item, english), item => Cursor.Make(list, item.CenterId.ToString(), item.Code));
    }
}
