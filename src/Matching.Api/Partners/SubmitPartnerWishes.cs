using FluentValidation;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Wishes;
using Matching.Partners;

namespace Matching.Api.Partners;

/// <param name="Wishes">Up to 1,000, each to be taken, found or refused by itself.</param>
public sealed record SubmitPartnerWishesRequest(IReadOnlyList<SubmitPartnerWishRequest> Wishes);

/// <summary>What became of each wish, in the order in which they were sent.</summary>
/// <param name="Made">How many are new.</param>
/// <param name="Found">How many were there already, by their reference.</param>
/// <param name="Refused">How many were refused.</param>
/// <param name="Outcomes">One for each wish.</param>
public sealed record PartnerWishesResponse(int Made, int Found, int Refused, IReadOnlyList<PartnerWishOutcome> Outcomes);

/// <summary>A partner's wish that was made or found, or why it was refused.</summary>
/// <param name="Reference">The partner's own, as it was sent.</param>
/// <param name="Wish">The wish; null when it was refused.</param>
/// <param name="Refusal">Why it was refused; null when it was made or found.</param>
public sealed record PartnerWishOutcome(string Reference, PartnerWishResponse? Wish, WishRefusal? Refusal);

public sealed class SubmitPartnerWishesValidator : AbstractValidator<SubmitPartnerWishesRequest>
{
    public SubmitPartnerWishesValidator()
    {
        RuleFor(r => r.Wishes).NotEmpty().InOneCall();
        RuleForEach(r => r.Wishes).NotNull();
    }
}

/// <summary>
/// A partner hands in many wishes at once. Each is taken, found by its reference, or refused by itself with the codes of a single one; the others stand.
/// </summary>
public sealed class SubmitPartnerWishes(PartnerIntakeStore intake, IValidator<SubmitPartnerWishRequest> shape, Database database, Caller caller)
    : Endpoint<SubmitPartnerWishesRequest, PartnerWishesResponse>
{
    public override void Configure()
    {
        Post("/partner/wishes/batch");
        AllowPartners(PartnerScope.WishesWrite);
        TakesBodiesUpTo(WishLimits.BytesInOneCall);
    }

    protected override async Task<Outcome<PartnerWishesResponse>> RunAsync(SubmitPartnerWishesRequest request, CancellationToken ct)
    {
        var done = await database.WriteInPartsAsync(0, request.Wishes, async (tx, wish) => Show(wish.Reference, await TakeAsync(tx, wish)), ct);
        if (done.Refusal is { } refusal)
        {
            return refusal;
        }

        var outcomes = done.Value;
        return new PartnerWishesResponse(
            outcomes.Count(outcome => outcome.Wish is { Found: false }),
            outcomes.Count(outcome => outcome.Wish is { Found: true }),
            outcomes.Count(outcome => outcome.Refusal is not null),
            outcomes);
    }

    private async Task<Outcome<PartnerWishResponse>> TakeAsync(Transaction tx, SubmitPartnerWishRequest wish)
    {
        var checkedShape = shape.Validate(wish);
        if (!checkedShape.IsValid)
        {
            return Shapes.ToRefusal(checkedShape.Errors[0]);
        }

        try
        {
            return await tx.ByItselfAsync(() => intake.TakeAsync(tx, caller, wish));
        }
        catch (SomebodyWasFirstException)
        {
            // The same reference by another request at the same moment: by now it is there to be found.
            return await tx.ByItselfAsync(() => intake.TakeAsync(tx, caller, wish));
        }
    }

    private PartnerWishOutcome Show(string reference, Outcome<PartnerWishResponse> outcome) => outcome.Refusal is { } refusal
        ? new PartnerWishOutcome(reference, null, WishRefusal.Of(refusal, Web.Request))
        : new PartnerWishOutcome(reference, outcome.Value, null);
}
