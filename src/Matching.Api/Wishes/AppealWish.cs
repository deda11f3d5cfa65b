using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Queues;
using Matching.Api.Sites;
using Matching.Partners;
using Matching.Wishes;

namespace Matching.Api.Wishes;

public sealed record AppealWishRequest(Id WishId);

/// <summary>
/// The resident does not take no for an answer: the wish goes to the curators of the parent site, once. It leaves the reach of the site that said no;
/// a center has nothing above it and looks at it again itself.
/// </summary>
public sealed class AppealWish(WishStore wishes, SiteStore sites, StaffStore staff, Database database, Caller caller, TimeProvider clock)
    : Endpoint<AppealWishRequest, WishMovedResponse>
{
    public override void Configure()
    {
        Post("/wishes/{wishId}/appeal");
        Allow(Role.Resident, Role.Proxy, Role.Curator, Role.Dispatcher, Role.SiteAdmin, Role.CenterAdmin);
        AllowPartners(PartnerScope.WishesWrite);
        Refuses(Refusals.WishUnknown, Refusals.WishStateWrong, Refusals.WishAppealedBefore);
    }

    protected override Task<Outcome<WishMovedResponse>> RunAsync(AppealWishRequest request, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            if (await wishes.HoldTheirsAsync(tx, caller, request.WishId) is not { } row)
            {
                return Refusals.WishUnknown;
            }

            var above = await sites.ParentAsync(tx, row.SiteId) ?? (await sites.FindAsync(tx, row.SiteId))!;
            var policy = await wishes.PolicyOfAsync(row);
            var moved = await wishes.ChangeAsync(
                tx, row, WishDeed.Appeal, caller, wish => wish.Appeal(clock.GetUtcNow(), policy), new WishNotes(AppealSiteId: above.Id, Path: above.Path));
            if (!moved.Refused)
            {
                await staff.TellAsync(tx, row with { Path = above.Path }, "wish.appealed");
            }

            return moved;
        },
        ct);
}
