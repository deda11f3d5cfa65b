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
/// <param name="Wishes">What people asked for, each to be taken or refused by itself.</param>
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
public sealed record MeetingOutcome(SubmitWishResponse? Wish, MeetingRefusal? Refusal);

/// <summary>Why one of several was refused.</summary>
/// <param name="Code">The same codes as where a wish is submitted by itself.</param>
/// <param name="Field">The field of the wish, if it is about one.</param>
/// <param name="Zh">In Chinese.</param>
/// <param name="En">In English.</param>
public sealed record MeetingRefusal(string Code, string? Field, string Zh, string En);

public sealed class RecordMeetingValidator : AbstractValidator<RecordMeetingRequest>
{
    public RecordMeetingValidator()
    {
        RuleFor(r => r.Topic).NotEmpty().MaximumLength(200);
        RuleFor(r => r.Wishes).Must(wishes => wishes.Count <= 200).Refuse(Refusals.FieldTooLong);
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
        TakesBodiesUpTo(4 * 1024 * 1024);
        Refuses(Refusals.SiteUnknown, Refusals.MeetingInFuture);
    }

    protected override Task<Outcome<RecordMeetingResponse>> RunAsync(RecordMeetingRequest request, CancellationToken ct) => database.WriteAsync(
        async tx =>
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
            var outcomes = new List<MeetingOutcome>();
            foreach (var wish in request.Wishes)
            {
                outcomes.Add(Show(await TakeAsync(tx, meeting.Id, wish)));
            }

            return (Outcome<RecordMeetingResponse>)new RecordMeetingResponse(meeting.Id, outcomes.Count(outcome => outcome.Wish is not null), outcomes);
        },
        ct);

    // A wish is refused before anything of it is written, so what stands in the transaction are those that were taken.
    private async Task<Outcome<SubmitWishResponse>> TakeAsync(Transaction tx, Id meetingId, MeetingWish wish)
    {
        var checkedShape = shape.Validate(wish);
        if (!checkedShape.IsValid)
        {
            return Shapes.ToRefusal(checkedShape.Errors[0]);
        }

        return await intake.TakeAsync(tx, caller, new AskedWish(
            wish.ResidentId, WishChannel.Meeting, meetingId, wish.Words, wish.Place, wish.Address, wish.MenuItemId, wish.Window.ToWindow(),
            wish.Urgency, wish.GenderWanted, wish.LanguageWanted, null));
    }

    private static MeetingOutcome Show(Outcome<SubmitWishResponse> outcome) => outcome.Refusal is { } refusal
        ? new MeetingOutcome(null, new MeetingRefusal(refusal.Code, refusal.Field, refusal.Zh, refusal.En))
        : new MeetingOutcome(outcome.Value, null);
}
