using Matching.Accounts;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Wishes;

namespace Matching.Api.Wishes;

public sealed record ReadMeetingRequest(Id MeetingId);

/// <summary>A courtyard meeting and what it has led to.</summary>
/// <param name="Id">The meeting.</param>
/// <param name="SiteId">The site that held it.</param>
/// <param name="Topic">What was talked about.</param>
/// <param name="HeldAt">When.</param>
/// <param name="Wishes">Where each of its wishes stands.</param>
public sealed record MeetingResponse(Id Id, Id SiteId, string Topic, DateTimeOffset HeldAt, IReadOnlyList<WishOfMeeting> Wishes);

/// <summary>A wish that was put at a meeting.</summary>
public sealed record WishOfMeeting(Id Id, WishState State, Id SiteId, string Words, Urgency Urgency, int OrdersTotal, int OrdersServed);

/// <summary>A courtyard meeting with its wishes and where they stand, for who recorded it and the staff that look after its site.</summary>
public sealed class ReadMeeting(MeetingStore meetings, WishListStore lists, Caller caller) : Endpoint<ReadMeetingRequest, MeetingResponse>
{
    public override void Configure()
    {
        Get("/meetings/{meetingId}");
        Allow(Role.Proxy, Role.Curator, Role.Dispatcher, Role.SiteAdmin, Role.CenterAdmin);
        Refuses(Refusals.MeetingUnknown);
    }

    protected override async Task<Outcome<MeetingResponse>> RunAsync(ReadMeetingRequest request, CancellationToken ct)
    {
        if (await meetings.FindAsync(caller, request.MeetingId) is not { } meeting)
        {
            return Refusals.MeetingUnknown;
        }

        var wishes = await lists.OfMeetingAsync(meeting.Id, WishLimits.MostInOneCall);
        return new MeetingResponse(
            meeting.Id, meeting.SiteId, meeting.Topic, meeting.HeldAt,
            [.. wishes.OrderBy(wish => wish.Id).Select(wish => new WishOfMeeting(
                wish.Id, wish.State, wish.SiteId, wish.Words, wish.Urgency, wish.OrdersTotal, wish.OrdersServed))]);
    }
}
