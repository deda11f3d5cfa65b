using Matching.Accounts;
using Matching.Api.Assignments;
using Matching.Api.Orders;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Residents;
using Matching.Api.Volunteers;

namespace Matching.Api.Service;

/// <summary>Who a caller is to an order: the side that asked for it, one who served, staff who reach it, or a stranger.</summary>
[Shared]
public sealed class OrderParty(OrderStore orders, AssignmentStore assignments, VolunteerStore volunteers, ResidentStore residents, Database database)
{
    private static readonly Sql<ById, AskerRow> Askers = new(
        """
        SELECT DISTINCT w.resident_id, w.submitted_by, w.partner_id FROM wish_orders l JOIN wishes w ON w.id = l.wish_id
        WHERE l.order_id = @Id
        """);

    /// <summary>The order and what the caller is to it; null when it is none of the caller's business, which looks like there being none.</summary>
    public async Task<(OrderRow Order, Party Party)?> FindAsync(Caller caller, Id orderId)
    {
        if (await orders.FindAsync(orderId) is not { } order)
        {
            return null;
        }

        var party = await OfAsync(database, caller, order);
        return party == Party.None ? null : (order, party);
    }

    public async Task<Party> OfAsync(IRows rows, Caller caller, OrderRow order) => caller.Role switch
    {
        null when caller.Partner is { } partner => await HandedInAsync(rows, partner.Id, order),
        null => Party.None,
        Role.Volunteer => await ServesAsync(rows, order, row => row.VolunteerId == caller.SubjectId),
        Role.Captain => await ServesAsync(rows, order, row => row.TeamId == caller.SubjectId),
        Role.Resident or Role.Proxy => await AskedAsync(rows, caller, order),
        { } staff => caller.Reach.Covers(order.HomePath) || caller.Reach.Covers(order.OwnerPath) ? Parties.Of(staff) : Party.None,
    };

    /// <summary>Whether the account behind the caller has a seat in this order, whichever hat it wears now: nobody confirms their own service.</summary>
    public async Task<bool> ServesUnderAnyHatAsync(IRows rows, Caller caller, Id orderId)
    {
        var held = await assignments.HeldOfAsync(rows, orderId);
        return (await volunteers.AccountsOfAsync(rows, [.. held.Select(row => row.VolunteerId)])).Values.Contains(caller.AccountId);
    }

    private async Task<Party> ServesAsync(IRows rows, OrderRow order, Func<AssignmentRow, bool> whose) =>
        (await assignments.HeldOfAsync(rows, order.Id)).Any(whose) ? Party.Volunteer : Party.None;

    // The one who asked, the resident, or anybody who may ask for the resident: of several wishes that became one order, of any.
    private async Task<Party> AskedAsync(IRows rows, Caller caller, OrderRow order)
    {
        foreach (var asker in await rows.ListAsync(Askers, new ById(order.Id)))
        {
            if (asker.SubmittedBy == caller.AccountId || await residents.MayAskForAsync(rows, caller, asker.ResidentId) is not null)
            {
                return Party.Resident;
            }
        }

        return Party.None;
    }

    // A partner speaks for a resident where it handed in the wish. That it may ask for her does not make her other wishes its own.
    private static async Task<Party> HandedInAsync(IRows rows, Id partnerId, OrderRow order) =>
        (await rows.ListAsync(Askers, new ById(order.Id))).Exists(asker => asker.PartnerId == partnerId) ? Party.Resident : Party.None;

    private sealed record AskerRow
    {
        public Id ResidentId { get; init; }

        public Id SubmittedBy { get; init; }

        public Id? PartnerId { get; init; }
    }
}
