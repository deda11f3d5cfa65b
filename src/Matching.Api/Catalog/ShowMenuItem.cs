using Matching.Api.Plumbing.Http;

namespace Matching.Api.Catalog;

public sealed record ShowMenuItemRequest(Id MenuItemId);

/// <summary>One item of a menu, also when it is no longer offered.</summary>
public sealed class ShowMenuItem(CatalogStore catalog) : Endpoint<ShowMenuItemRequest, MenuItemResponse>
{
    public override void Configure()
    {
        Get("/menu-items/{menuItemId}");
        AllowAnyone();
        Refuses(Refusals.MenuItemUnknown);
    }

    protected override async Task<Outcome<MenuItemResponse>> RunAsync(ShowMenuItemRequest request, CancellationToken ct) =>
        await catalog.MenuItemAsync(request.MenuItemId) is { } item
            ? MenuItemResponse.Of(item, Languages.WantsEnglish(Web.Request))
            : Refusals.MenuItemUnknown;
}
