using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Wishes;

namespace Matching.Api.Wishes;

/// <param name="WishId">The wish.</param>
/// <param name="Reason">For the resident to read, and part of the timeline: no names.</param>
public sealed record RejectWishRequest(Id WishId, string? Reason);

public sealed class RejectWishValidator : AbstractValidator<RejectWishRequest>
{
    public RejectWishValidator() => RuleFor(r => r.Reason).MaximumLength(1_000);
}

/// <summary>A curator says no, with a reason. The resident may appeal to the parent site, once.</summary>
public sealed class RejectWish(WishStore wishes, Database database, Caller caller, TimeProvider clock) : Endpoint<RejectWishRequest, WishMovedResponse>
{
    public override void Configure()
    {
        Post("/wishes/{wishId}/reject");
        Allow(Role.Curator, Role.SiteAdmin, Role.CenterAdmin);
        Refuses(
            Refusals.WishUnknown, Refusals.WishNotClaimed, Refusals.WishClaimedByOther, Refusals.WishLeaseLapsed, Refusals.WishStateWrong, Refusals.ReasonMissing);
    }

    protected override Task<Outcome<WishMovedResponse>> RunAsync(RejectWishRequest request, CancellationToken ct) => database.WriteAsync(
        async tx => await wishes.ChangeAsync(
            tx, await wishes.HoldInReachAsync(tx, caller, request.WishId), WishDeed.Reject, caller,
            wish => wish.Reject(caller.AccountId, request.Reason, clock.GetUtcNow()), new WishNotes(Reason: request.Reason, Told: request.Reason)),
        ct);
}
