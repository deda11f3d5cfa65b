using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Wishes;

namespace Matching.Api.Wishes;

public sealed record ReleaseWishRequest(Id WishId);

/// <summary>A curator lets go of a wish: it is back in the queue at once, and a colleague can take it up.</summary>
public sealed class ReleaseWish(WishStore wishes, Database database, Caller caller, TimeProvider clock) : Endpoint<ReleaseWishRequest, WishMovedResponse>
{
    public override void Configure()
    {
        Post("/wishes/{wishId}/release");
        Allow(Role.Curator, Role.SiteAdmin, Role.CenterAdmin);
        Refuses(Refusals.WishUnknown, Refusals.WishNotClaimed, Refusals.WishClaimedByOther, Refusals.WishLeaseLapsed, Refusals.WishStateWrong);
    }

    protected override Task<Outcome<WishMovedResponse>> RunAsync(ReleaseWishRequest request, CancellationToken ct) => database.WriteAsync(
        async tx => await wishes.ChangeAsync(
            tx, await wishes.HoldInReachAsync(tx, caller, request.WishId), WishDeed.Release, caller, wish => wish.Release(caller.AccountId, clock.GetUtcNow())),
        ct);
}
