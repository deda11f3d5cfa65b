using Matching.Accounts;
using Matching.Api.Orders;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Residents;
using Matching.Assignments;
using Matching.Geography;
using Matching.Orders;

namespace Matching.Api.Assignments;

public sealed record ReadAssignmentRequest(Id AssignmentId);

/// <summary>A seat that somebody has taken on.</summary>
/// <param name="Place">Exact for the volunteer while the order is open, otherwise blurred.</param>
/// <param name="Contact">For the volunteer alone, while the order is open.</param>
/// <param name="CheckInOpensAt">From when on she can check in.</param>
public sealed record ReadAssignmentResponse(
    Id AssignmentId, Id OrderId, AssignmentState State, OrderState OrderState, Id MenuItemId, string Need, PlaceOnWire Place, ContactOnWire? Contact,
    DateTimeOffset WindowStart, DateTimeOffset WindowEnd, int PlannedMinutes, DateTimeOffset CheckInOpensAt, DateTimeOffset? CheckedInAt,
    DateTimeOffset? CheckedOutAt, int? VerifiedMinutes, EvidenceGrade? Evidence);

/// <summary>Whom to go to.</summary>
/// <param name="ResidentId">For a volunteer who never wants to go there again.</param>
/// <param name="Phone">Masked; to call is a deed of its own.</param>
public sealed record ContactOnWire(Id ResidentId, string Name, string? Address, string? Phone);

/// <summary>
/// What somebody has taken on. She herself reads name, address and a masked phone until the order is closed, and each look is in the log that the resident can
/// read; nobody else reads them here.
/// </summary>
public sealed class ReadAssignment(
    AssignmentAccess access, OrderStore orders, ResidentStore residents, Sites.PolicyStore policies, Reveals reveals, Vault vault, Caller caller)
    : Endpoint<ReadAssignmentRequest, ReadAssignmentResponse>
{
    public override void Configure()
    {
        Get("/assignments/{assignmentId}");
        Allow(Role.Volunteer, Role.Captain, Role.Curator, Role.Dispatcher, Role.SiteAdmin, Role.CenterAdmin);
        Refuses(Refusals.AssignmentUnknown);
    }

    protected override async Task<Outcome<ReadAssignmentResponse>> RunAsync(ReadAssignmentRequest request, CancellationToken ct)
    {
        if (await access.FindAsync(caller, request.AssignmentId) is not { } assignment)
        {
            return Refusals.AssignmentUnknown;
        }

        var order = (await orders.FindAsync(assignment.OrderId))!;
        var policy = await policies.EffectiveAsync(order.CenterId, order.OwnerPath, order.WindowStart);
        var goesThere = caller.Role == Role.Volunteer && assignment.Holds && order.State.IsOpen();
        var contact = goesThere ? await ContactAsync(order, ct) : null;
        var place = goesThere ? order.Place : Places.Blur(order.Place);
        return new ReadAssignmentResponse(
            assignment.Id, order.Id, assignment.State, order.State, order.MenuItemId, order.Need,
            new PlaceOnWire(place.Lat, place.Lng, Datum.Wgs84, place.AccuracyM), contact, order.WindowStart, order.WindowEnd, order.Minutes,
            order.WindowStart - policy.CheckInOpensBefore, assignment.CheckedInAt, assignment.CheckedOutAt, assignment.Minutes, assignment.Evidence);
    }

    private async Task<ContactOnWire?> ContactAsync(OrderRow order, CancellationToken ct)
    {
        if (order.ResidentId is not { } residentId || await residents.FindAsync(residentId) is not { } resident)
        {
            return null;
        }

        // Written down before it is shown.
        await reveals.AddAsync(resident.Id, caller, "name,address,maskedPhone", order.Id, ct);
        var phone = PhoneNumber.TryParse(vault.OpenIfAny(resident.PhoneSealed), out var known) ? known.Masked : null;
        return new ContactOnWire(resident.Id, resident.Name, vault.OpenIfAny(order.AddressSealed), phone);
    }
}
