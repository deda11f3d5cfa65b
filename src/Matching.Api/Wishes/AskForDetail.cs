using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Wishes;

namespace Matching.Api.Wishes;

public sealed record AskForDetailRequest(Id WishId, string Question);

public sealed class AskForDetailValidator : AbstractValidator<AskForDetailRequest>
{
    public AskForDetailValidator() => RuleFor(r => r.Question).NotEmpty().MaximumLength(1_000);
}

/// <summary>A curator sends the wish back with a question. Seven days of silence withdraw it.</summary>
public sealed class AskForDetail(WishStore wishes, Database database, Caller caller, TimeProvider clock) : Endpoint<AskForDetailRequest, WishMovedResponse>
{
    public override void Configure()
    {
        Post("/wishes/{wishId}/ask");
        Allow(Role.Curator, Role.SiteAdmin, Role.CenterAdmin);
        Refuses(Refusals.WishUnknown, Refusals.WishNotClaimed, Refusals.WishClaimedByOther, Refusals.WishLeaseLapsed, Refusals.WishStateWrong);
    }

    protected override Task<Outcome<WishMovedResponse>> RunAsync(AskForDetailRequest request, CancellationToken ct) => database.WriteAsync(
        async tx => await wishes.ChangeAsync(
            tx, await wishes.HoldInReachAsync(tx, caller, request.WishId), WishDeed.AskForDetail, caller,
            wish => wish.AskForDetail(caller.AccountId, clock.GetUtcNow()), new WishNotes(Question: request.Question)),
        ct);
}
