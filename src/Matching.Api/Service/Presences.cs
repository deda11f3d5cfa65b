using FluentValidation;
using Matching.Api.Assignments;
using Matching.Api.Orders;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Volunteers;
using Matching.Assignments;
using Matching.Geography;
using Matching.Policies;

namespace Matching.Api.Service;

/// <summary>Reads what somebody shows for being there: the code against the order's, the place against the order's place.</summary>
[Shared]
public sealed class Presences(Vault vault, AttendanceStore attendances, VolunteerStore volunteers)
{
    /// <summary>The longest text that is looked at as a service code.</summary>
    public const int LongestCode = 20;

    /// <summary>The place that was sent, in WGS-84; one whose accuracy nobody told may be off as far as is allowed at all.</summary>
    public static Outcome<Place?> PlaceOf(PlaceOnWire? sent)
    {
        if (sent is null)
        {
            return (Place?)null;
        }

        var read = Places.Read(sent.Lat, sent.Lng, sent.Datum, sent.AccuracyM ?? Geofence.MostAllowanceM);
        return read.Refusal is { } refusal ? refusal.At("place") : (Place?)read.Value;
    }

    /// <summary>Codes are limited: why this one is not even looked at, or null.</summary>
    public async Task<Refusal?> RefuseGuessingAsync(Id assignmentId, string? code, CancellationToken ct) =>
        code is null || await attendances.MayTryAsync(assignmentId, ct) ? null : Refusals.ServiceCodeLocked.After(AttendanceStore.TriesLast);

    /// <summary>What it comes to. Who says it about somebody else vouches for them; nobody vouches for themselves, whichever hat they wear.</summary>
    public async Task<Presence> ReadAsync(Transaction tx, OrderRow order, AssignmentRow assignment, Caller caller, string? code, Place? place, Policy policy)
    {
        var accounts = await volunteers.AccountsOfAsync(tx, [assignment.VolunteerId]);
        return new Presence(
            code is null ? null : ServiceCode.Matches(vault.Open(order.ServiceCodeSealed!), code),
            place is { } reported ? Geofence.Check(order.Place, policy.GeofenceM, reported) : null,
            Organiser: assignment.VolunteerId != caller.SubjectId && accounts.GetValueOrDefault(assignment.VolunteerId) != caller.AccountId);
    }
}

/// <summary>Checks of shape that coming and going share.</summary>
public static class PresenceShapes
{
    public static IRuleBuilderOptions<T, string?> ServiceCode<T>(this IRuleBuilder<T, string?> rule) => rule.MaximumLength(Presences.LongestCode);
}
