using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Plumbing.Outbox;
using Matching.Partners;
using Matching.Wishes;

namespace Matching.Api.Wishes;

public sealed record AnswerWishRequest(Id WishId, string Answer);

public sealed class AnswerWishValidator : AbstractValidator<AnswerWishRequest>
{
    public AnswerWishValidator() => RuleFor(r => r.Answer).NotEmpty().MaximumLength(1_000);
}

/// <summary>The resident, or who asked for her, answers the curator's question; the curator has the wish back under a new lease.</summary>
public sealed class AnswerWish(WishStore wishes, OutboxStore outbox, Database database, Caller caller, TimeProvider clock)
    : Endpoint<AnswerWishRequest, WishMovedResponse>
{
    public override void Configure()
    {
        Post("/wishes/{wishId}/answer");
        Allow(Role.Resident, Role.Proxy, Role.Curator, Role.Dispatcher, Role.SiteAdmin, Role.CenterAdmin);
        AllowPartners(PartnerScope.WishesWrite);
        Refuses(Refusals.WishUnknown, Refusals.WishStateWrong);
    }

    protected override Task<Outcome<WishMovedResponse>> RunAsync(AnswerWishRequest request, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            if (await wishes.HoldTheirsAsync(tx, caller, request.WishId) is not { } row)
            {
                return Refusals.WishUnknown;
            }

            var policy = await wishes.PolicyOfAsync(row);
            var moved = await wishes.ChangeAsync(
                tx, row, WishDeed.Answer, caller, wish => wish.Answer(clock.GetUtcNow(), policy), new WishNotes(Answer: request.Answer));
            if (!moved.Refused)
            {
                await outbox.AddAsync(tx, "wish.answered", row.Id, row.CenterId, row.LeasedBy, new { wishId = row.Id });
            }

            return moved;
        },
        ct);
}
