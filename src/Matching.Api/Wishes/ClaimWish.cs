using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Wishes;

namespace Matching.Api.Wishes;

public sealed record ClaimWishRequest(Id WishId);

/// <summary>
/// A curator takes a wish from the queue, or from a colleague whose lease is over. Of two at once one has it; the other is told so, and in Retry-After how
/// many seconds of the field clock the lease still runs.
/// </summary>
public sealed class ClaimWish(WishStore wishes, Database database, Caller caller, TimeProvider clock) : Endpoint<ClaimWishRequest, WishMovedResponse>
{
    public override void Configure()
    {
        Post("/wishes/{wishId}/claim");
        Allow(Role.Curator, Role.SiteAdmin, Role.CenterAdmin);
        Refuses(Refusals.WishUnknown, Refusals.WishClaimedByOther, Refusals.WishStateWrong);
    }

    protected override Task<Outcome<WishMovedResponse>> RunAsync(ClaimWishRequest request, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            if (await wishes.HoldInReachAsync(tx, caller, request.WishId) is not { } row)
            {
                return Refusals.WishUnknown;
            }

            var now = clock.GetUtcNow();
            var policy = await wishes.PolicyOfAsync(row);
            // Whoever claims what is theirs has renewed it, and nothing has changed that others need to know of.
            var renews = row.LeasedBy == caller.AccountId && now < row.LeasedUntil;
            return await wishes.ChangeAsync(tx, row, renews ? null : WishDeed.Claim, caller, wish => wish.Claim(caller.AccountId, now, policy));
        },
        ct);
}
