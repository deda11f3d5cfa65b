using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Wishes;

namespace Matching.Api.Wishes;

/// <param name="WishId">The duplicate.</param>
/// <param name="Into">The wish that goes on; it must be open, and of the same center.</param>
public sealed record MergeWishRequest(Id WishId, Id Into);

/// <summary>A curator finds that a wish was made twice: from now on it shows the state of the other.</summary>
public sealed class MergeWish(WishStore wishes, Database database, Caller caller, TimeProvider clock) : Endpoint<MergeWishRequest, WishMovedResponse>
{
    public override void Configure()
    {
        Post("/wishes/{wishId}/merge");
        Allow(Role.Curator, Role.SiteAdmin, Role.CenterAdmin);
        Refuses(
            Refusals.WishUnknown, Refusals.WishNotClaimed, Refusals.WishClaimedByOther, Refusals.WishLeaseLapsed, Refusals.WishStateWrong,
            Refusals.WishMergeTargetWrong);
    }

    protected override Task<Outcome<WishMovedResponse>> RunAsync(MergeWishRequest request, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            // Both are held, the smaller id first: two that are merged into each other at once neither wait for each other nor make a circle.
            var held = new Dictionary<Id, WishRow?>();
            foreach (var id in new[] { request.WishId, request.Into }.Distinct().Order())
            {
                held[id] = await wishes.HoldInReachAsync(tx, caller, id);
            }

            if (held[request.WishId] is not { } row)
            {
                return Refusals.WishUnknown;
            }

            if (held[request.Into] is not { } into)
            {
                return Refusals.WishUnknown.At("into");
            }

            if (into.CenterId != row.CenterId)
            {
                return Refusals.WishMergeTargetWrong.At("into");
            }

            return await wishes.ChangeAsync(tx, row, WishDeed.Merge, caller, wish => wish.Merge(caller.AccountId, into.ToWish(), clock.GetUtcNow()));
        },
        ct);
}
