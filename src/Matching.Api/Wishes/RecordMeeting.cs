using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Sites;
using Matching.Sites;
using Matching.Volunteers;
using Matching.Wishes;

namespace Matching.Api.Wishes;

/// <param name="Topic">What was talked about.</param>
/// <param name="HeldAt">When; not in the future.</param>
/// <param name="Wishes">What people asked for, up to 1,000, each to be taken or refused by itself.</param>
/// <param name="SiteId">The site that held it; left out: the caller's own.</param>
public sealed record RecordMeetingRequest(string Topic, DateTimeOffset HeldAt, IReadOnlyList<MeetingWish> Wishes, Id? SiteId = null);

/// <summary>A wish that was put at a meeting.</summary>
/// <param name="ResidentId">For whom.</param>
/// <param name="Words">As they were said.</param>
/// <param name="Window">When it should be served.</param>
/// <param name="MenuItemId">An item of the menu.</param>
/// <param name="Place">Where; left out: where the resident lives.</param>
/// <param name="Address">In words, for whoever comes.</param>
/// <param name="Urgency">Left out: as the menu item says.</param>
/// <param name="GenderWanted">Of whoever comes, where the item allows asking.</param>
/// <param name="LanguageWanted">A language tag, where the item allows asking.</param>
public sealed record MeetingWish(
    Id ResidentId,
    string Words,
    WindowOnWire Window,
    Id? MenuItemId = null,
    PlaceOnWire? Place = null,
    string? Address = null,
    Urgency? Urgency = null,
    Gender? GenderWanted = null,
    string? LanguageWanted = null);

/// <summary>The meeting, and what became of each wish, in the order in which they were sent.</summary>
/// <param name="Id">The meeting.</param>
/// <param name="Taken">How many wishes were taken.</param>
/// <param name="Outcomes">One for each wish.</param>
public sealed record RecordMeetingResponse(Id Id, int Taken, IReadOnlyList<MeetingOutcome> Outcomes);

/// <summary>A wish that was taken, or why it was not.</summary>
/// <param name="Wish">What became of it; null when it was refused.</param>
/// <param name="Refusal">Why it was refused; null when it was taken.</param>
public sealed record MeetingOutcome(SubmitWishResponse? Wish, WishRefusal? Refusal);

public sealed class RecordMeetingValidator : AbstractValidator<RecordMeetingRequest>
{
    public RecordMeetingValidator()
    {
        RuleFor(r => r.Topic).NotEmpty().MaximumLength(200);
        RuleFor(r => r.Wishes).InOneCall();
        RuleForEach(r => r.Wishes).NotNull();
    }
}

/// <summary>The shape of one wish; asked wish by wish, so that one that is wrong does not spoil the others.</summary>
public sealed class MeetingWishValidator : AbstractValidator<MeetingWish>
{
    public MeetingWishValidator()
    {
        RuleFor(r => r.Words).NotEmpty().MaximumLength(4_000);
        RuleFor(r => r.Window).Forwards();
        RuleFor(r => r.Place).OnEarth();
        RuleFor(r => r.Address).Length(1, WishLimits.Address);
        RuleFor(r => r.LanguageWanted).Length(2, 20);
    }
}

/// <summary>A clerk records a courtyard meeting with all that was asked for there. Each wish leads back to it, and each is taken or refused by itself.</summary>
public sealed class RecordMeeting(
    MeetingStore meetings, IntakeStore intake, SiteStore sites, IValidator<MeetingWish> shape, Database database, Ids ids, Caller caller, TimeProvider clock)
    : Endpoint<RecordMeetingRequest, RecordMeetingResponse>
{
    public override void Configure()
    {
        Post("/meetings");
        Allow(Role.Proxy, Role.Curator, Role.SiteAdmin, Role.CenterAdmin);
        TakesBodiesUpTo(WishLimits.BytesInOneCall);
        Refuses(Refusals.SiteUnknown, Refusals.MeetingInFuture);
    }

    protected override async Task<Outcome<RecordMeetingResponse>> RunAsync(RecordMeetingRequest request, CancellationToken ct)
    {
        var recorded = await database.WritePartAsync(0, tx => RecordAsync(tx, request), ct);
        if (recorded.Refusal is { } refusal)
        {
            return refusal;
        }

        var outcomes = await database.WriteInPartsAsync(1, request.Wishes, async (tx, wish) => Show(await TakeAsync(tx, recorded.Value, wish)), ct);
        return outcomes.Refused
            ? outcomes.Refusal!
            : new RecordMeetingResponse(recorded.Value, outcomes.Value.Count(outcome => outcome.Wish is not null), outcomes.Value);
    }

    private async Task<Outcome<Id>> RecordAsync(Transaction tx, RecordMeetingRequest request)
    {
        var site = await sites.FindAsync(tx, request.SiteId ?? caller.SiteId);
        var reach = caller.Role == Role.Proxy && caller.SitePath.Length > 0 ? Reach.Of(caller.SitePath) : caller.Reach;
        if (site is null || !reach.Covers(site.Path))
        {
            return Refusals.SiteUnknown.At("siteId");
        }

        var now = clock.GetUtcNow();
        if (request.HeldAt > now)
        {
            return Refusals.MeetingInFuture.At("heldAt");
        }

        var meeting = new MeetingRow
        {
            Id = ids.Next(IdKind.Meeting),
            CenterId = site.CenterId,
            SiteId = site.Id,
            Path = site.Path,
            Topic = request.Topic,
            HeldAt = request.HeldAt,
            RecordedBy = caller.AccountId,
            RecordedAt = now,
        };
        await meetings.AddAsync(tx, meeting);
        return meeting.Id;
    }

    private async Task<Outcome<SubmitWishResponse>> TakeAsync(Transaction tx, Id meetingId, MeetingWish wish)
    {
        var checkedShape = shape.Validate(wish);
        if (!checkedShape.IsValid)
        {
            return Shapes.ToRefusal(checkedShape.Errors[0]);
        }

        return await tx.ByItselfAsync(() => intake.TakeAsync(tx, caller, new AskedWish(
            wish.ResidentId, WishChannel.Meeting, meetingId, wish.Words, wish.Place, wish.Address, wish.MenuItemId, wish.Window.ToWindow(),
            wish.Urgency, wish.GenderWanted, wish.LanguageWanted, null)));
    }

    private MeetingOutcome Show(Outcome<SubmitWishResponse> outcome) => outcome.Refusal is { } refusal
        ? new MeetingOutcome(null, WishRefusal.Of(refusal, Web.Request))
        : new MeetingOutcome(outcome.Value, null);
}
