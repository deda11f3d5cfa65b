using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Sites;
using Matching.Api.Volunteers;
using Matching.Hours;

namespace Matching.Api.Hours;

public sealed record ReadMyHoursRequest(string? Cursor = null, int Take = Page<HoursOnWire>.Usual);

/// <summary>My hours, the newest line first.</summary>
/// <param name="TotalMinutes">All that is in my ledger.</param>
/// <param name="WaitingMinutes">What waits for somebody's approval beside it.</param>
/// <param name="NextStarHours">Hours for the next star; null when I have them all.</param>
/// <param name="MinutesToNextStar">What is still missing for it.</param>
public sealed record ReadMyHoursResponse(
    int TotalMinutes, int WaitingMinutes, int Stars, int? NextStarHours, long? MinutesToNextStar, IReadOnlyList<HoursOnWire> Items, string? Next);

/// <summary>A line of a ledger. Minutes below zero take back the line named by reversesId.</summary>
/// <param name="Day">The day of the service, where the center is.</param>
/// <param name="Hash">SHA-256 of this line with the one before in it.</param>
public sealed record HoursOnWire(
    Id EntryId, int Sequence, Id OrderId, Id AssignmentId, Id? ReversesId, int Minutes, string Evidence, string Day, DateTimeOffset WrittenAt, string? Reason,
    string Hash)
{
    public static HoursOnWire From(HoursRow row) => new(
        row.Id, row.Sequence, row.OrderId, row.AssignmentId, row.ReversesId, row.Minutes, row.Evidence, row.ServiceDay, row.PostedAt, row.Reason,
        Convert.ToHexStringLower(row.Hash));
}

public sealed class ReadMyHoursValidator : AbstractValidator<ReadMyHoursRequest>
{
    public ReadMyHoursValidator() => RuleFor(r => r.Take).InclusiveBetween(1, Page<HoursOnWire>.Most);
}

/// <summary>A volunteer's own ledger, total and stars.</summary>
public sealed class ReadMyHours(HoursStore hours, VolunteerStore volunteers, PolicyStore policies, Caller caller) : Endpoint<ReadMyHoursRequest, ReadMyHoursResponse>
{
    public override void Configure()
    {
        Get("/me/hours");
        Allow(Role.Volunteer);
        Refuses(Refusals.VolunteerUnknown, Refusals.CursorInvalid);
    }

    protected override async Task<Outcome<ReadMyHoursResponse>> RunAsync(ReadMyHoursRequest request, CancellationToken ct)
    {
        if (await volunteers.FindAsync(caller.SubjectId) is not { } volunteer)
        {
            return Refusals.VolunteerUnknown;
        }

        var list = $"me/hours/{volunteer.Id}";
        var cursor = Cursor.Read(request.Cursor, list, 1);
        var before = int.MaxValue;
        if (cursor.Refusal is { } refusal)
        {
            return refusal;
        }

        if (cursor.Value is [var text] && !int.TryParse(text, out before))
        {
            return Refusals.CursorInvalid.At("cursor");
        }

        var policy = await policies.CurrentAsync(volunteer.CenterId);
        var page = Page<HoursOnWire>.Of(
            await hours.MineAsync(volunteer.Id, before, request.Take + 1), request.Take, HoursOnWire.From, row => Cursor.Make(list, $"{row.Sequence}"));
        var stars = Ledger.Stars(volunteer.VerifiedMinutes, policy);
        return new ReadMyHoursResponse(
            volunteer.VerifiedMinutes, await hours.WaitingMinutesOfAsync(volunteer.Id), stars,
            stars < policy.StarHours.Count ? policy.StarHours[stars] : null, Ledger.ToNextStar(volunteer.VerifiedMinutes, policy), page.Items, page.Next);
    }
}
