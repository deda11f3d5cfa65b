using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Sites;
using Matching.Api.Volunteers;
using Matching.Assignments;
using Matching.Orders;

namespace Matching.Api.Service;

public sealed record ReadServiceRequest(Id OrderId);

/// <summary>How an order was served: what is confirmed, disputed and rated.</summary>
/// <param name="ConfirmedHow">By which way it became known that it was done; null before.</param>
/// <param name="Services">One for each who has a seat.</param>
/// <param name="Disputes">What was said to be wrong, and what came of it.</param>
public sealed record ReadServiceResponse(
    Id OrderId, OrderState State, DateTimeOffset? ConfirmedAt, ConfirmHow? ConfirmedHow, IReadOnlyList<ServiceOnWire> Services,
    IReadOnlyList<DisputeOnWire> Disputes);

/// <summary>What one volunteer did.</summary>
/// <param name="VolunteerId">For a resident who never wants her to come again.</param>
/// <param name="Name">Who came, so that she who opened the door knows whom she confirms.</param>
/// <param name="Minutes">Verified minutes; before confirmation those that will count unless somebody says fewer.</param>
/// <param name="WaitingMinutes">Those of them that wait for somebody's approval before they are in the ledger.</param>
public sealed record ServiceOnWire(
    Id AssignmentId, Id VolunteerId, string Name, AssignmentState State, DateTimeOffset? CheckedInAt, PresenceMethod? CheckInMethod, DateTimeOffset? CheckedOutAt,
    PresenceMethod? CheckOutMethod, EvidenceGrade? Evidence, int Minutes, int WaitingMinutes);

/// <summary>A dispute.</summary>
public sealed record DisputeOnWire(DateTimeOffset RaisedAt, string Words, DateTimeOffset? ResolvedAt, string? Resolution);

/// <summary>How an order was served, for the side that asked for it, who served, and staff: what there is to confirm.</summary>
public sealed class ReadService(
    OrderParty party, Assignments.AssignmentStore assignments, AttendanceStore attendances, Hours.HoursStore hours, DisputeStore disputes,
    VolunteerStore volunteers, PolicyStore policies, Database database, Caller caller)
    : Endpoint<ReadServiceRequest, ReadServiceResponse>
{
    public override void Configure()
    {
        Get("/orders/{orderId}/service");
        Allow(Role.Resident, Role.Proxy, Role.Volunteer, Role.Captain, Role.Curator, Role.Dispatcher, Role.SiteAdmin, Role.CenterAdmin);
        Refuses(Refusals.OrderUnknown);
    }

    protected override async Task<Outcome<ReadServiceResponse>> RunAsync(ReadServiceRequest request, CancellationToken ct)
    {
        if (await party.FindAsync(caller, request.OrderId) is not { } found)
        {
            return Refusals.OrderUnknown;
        }

        var order = found.Order;
        var policy = await policies.CurrentAsync(order.CenterId);
        var services = new List<ServiceOnWire>();
        foreach (var row in await assignments.HeldOfAsync(database, order.Id))
        {
            var shown = await attendances.OfAsync(database, row.Id);
            var came = shown.FirstOrDefault(attendance => attendance.Direction == Direction.In);
            var left = shown.FirstOrDefault(attendance => attendance.Direction == Direction.Out);
            var assignment = await attendances.WithGradesAsync(database, row);
            services.Add(new ServiceOnWire(
                row.Id, row.VolunteerId, (await volunteers.FindAsync(row.VolunteerId))?.Name ?? "", row.State, row.CheckedInAt, came?.Method, row.CheckedOutAt, left?.Method,
                row.Evidence ?? (left is null ? null : assignment.Evidence(confirmed: true)),
                row.Minutes ?? assignment.Minutes(TimeSpan.FromMinutes(order.Minutes), policy).Minutes,
                (await hours.WaitingOfAsync(database, row.Id))?.Minutes ?? 0));
        }

        // What was said in a dispute is between the two who are heard and the center.
        var words = found.Party.HasFlag(Party.Volunteer) ? [] : await disputes.OfAsync(database, order.Id);
        return new ReadServiceResponse(
            order.Id, order.State, order.ConfirmedAt, Enum.TryParse<ConfirmHow>(order.ConfirmedHow, out var how) ? how : null, services,
            [.. words.Select(row => new DisputeOnWire(row.RaisedAt, row.Words, row.ResolvedAt, row.Resolution))]);
    }
}
