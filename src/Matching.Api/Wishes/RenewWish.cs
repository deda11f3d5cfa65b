using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Wishes;

public sealed record RenewWishRequest(Id WishId);

/// <summary>A curator needs longer: the lease begins anew. Refused once it is over.</summary>
public sealed class RenewWish(WishStore wishes, Database database, Caller caller, TimeProvider clock) : Endpoint<RenewWishRequest, WishMovedResponse>
{
    public override void Configure()
    {
        Post("/wishes/{wishId}/renew");
        Allow(Role.Curator, Role.SiteAdmin, Role.CenterAdmin);
        Refuses(Refusals.WishUnknown, Refusals.WishNotClaimed, Refusals.WishClaimedByOther, Refusals.WishLeaseLapsed, Refusals.WishStateWrong);
    }

    protected override Task<Outcome<WishMovedResponse>> RunAsync(RenewWishRequest request, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            if (await wishes.HoldInReachAsync(tx, caller, request.WishId) is not { } row)
            {
                return Refusals.WishUnknown;
            }

            var policy = await wishes.PolicyOfAsync(row);
            return await wishes.ChangeAsync(tx, row, null, caller, wish => wish.RenewLease(caller.AccountId, clock.GetUtcNow(), policy));
        },
        ct);
}
