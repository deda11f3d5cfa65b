using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Wishes;

namespace Matching.Api.Wishes;

/// <param name="WishId">The wish.</param>
/// <param name="To">12345, 110 or 120.</param>
public sealed record ReferWishRequest(Id WishId, string To);

public sealed class ReferWishValidator : AbstractValidator<ReferWishRequest>
{
    public ReferWishValidator() => RuleFor(r => r.To).Must(to => Referral.Lines.Contains(to)).Refuse(Refusals.FieldInvalid);
}

/// <summary>A curator sends a wish on to the city's hotline, the police or the ambulance: it is not for volunteers.</summary>
public sealed class ReferWish(WishStore wishes, Database database, Caller caller, TimeProvider clock) : Endpoint<ReferWishRequest, WishMovedResponse>
{
    public override void Configure()
    {
        Post("/wishes/{wishId}/refer");
        Allow(Role.Curator, Role.SiteAdmin, Role.CenterAdmin);
        Refuses(Refusals.WishUnknown, Refusals.WishNotClaimed, Refusals.WishClaimedByOther, Refusals.WishLeaseLapsed, Refusals.WishStateWrong);
    }

    protected override Task<Outcome<WishMovedResponse>> RunAsync(ReferWishRequest request, CancellationToken ct) => database.WriteAsync(
        async tx => await wishes.ChangeAsync(
            tx, await wishes.HoldInReachAsync(tx, caller, request.WishId), WishDeed.Refer, caller,
            wish => wish.Refer(caller.AccountId, request.To, clock.GetUtcNow()), new WishNotes(ReferredTo: request.To, Told: request.To)),
        ct);
}
