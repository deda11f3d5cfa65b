using System.Collections.Immutable;
using Matching.Api.Catalog;
using Matching.Api.Offers;
using Matching.Api.Orders;
using Matching.Api.Plumbing.Database;
using Matching.Engine;
using Matching.Policies;

namespace Matching.Api.Dispatch;

/// <summary>Turns an order into what matching is asked.</summary>
public sealed class NeedStore(Database database, TimeProvider clock, CatalogStore catalog, OfferStore offers)
{
    private static readonly Sql<ById, SkillRow> Skills = new("SELECT skill_id, level FROM order_skills WHERE order_id = @Id ORDER BY skill_id");

    private static readonly Sql<ById, QualificationRow> Qualifications = new(
        "SELECT qualification_id FROM order_qualifications WHERE order_id = @Id ORDER BY qualification_id");

    private static readonly Sql<ById, ResidentRow> Residents = new(
        """
        SELECT DISTINCT w.resident_id FROM wish_orders wo JOIN wishes w ON w.id = wo.wish_id
        WHERE wo.order_id = @Id
        """);

    private static readonly Sql<ById, VolunteerRow> Blocked = new(
        """
        SELECT DISTINCT b.volunteer_id FROM wish_orders wo JOIN wishes w ON w.id = wo.wish_id JOIN blocks b ON b.resident_id = w.resident_id
        WHERE wo.order_id = @Id
        """);

    /// <summary>For asking now: everybody of this subtree within this radius who has not been asked.</summary>
    public Task<Need> ForOrderAsync(OrderRow order, Policy policy, string poolPath, double? radiusM) => ForOrderAsync(database, order, policy, poolPath, radiusM);

    public async Task<Need> ForOrderAsync(IRows rows, OrderRow order, Policy policy, string poolPath, double? radiusM)
    {
        var tree = await catalog.SkillTreeAsync(order.CenterId);
        var skills = await rows.ListAsync(Skills, new ById(order.Id));
        var qualifications = await rows.ListAsync(Qualifications, new ById(order.Id));
        var residents = await rows.ListAsync(Residents, new ById(order.Id));
        var blocked = await rows.ListAsync(Blocked, new ById(order.Id));
        var asked = await offers.AskedAsync(rows, order.ToRef());
        return new Need
        {
            OrderId = order.Id,
            Pools = [poolPath],
            Place = order.Place,
            Window = order.Window,
            Minutes = order.Minutes,
            Zone = policy.TimeZone,
            AsOf = clock.GetUtcNow(),
            Urgency = order.Urgency,
            Skills = [.. skills.Select(skill => tree.Require(skill.SkillId, skill.Level).Value)],
            Qualifications = [.. qualifications.Select(row => row.QualificationId)],
            InsuranceNeeded = order.InsuranceNeeded,
            MinorsAllowed = order.MinorsAllowed,
            Language = order.LanguageWanted,
            Gender = order.GenderWanted,
            RadiusM = radiusM,
            Residents = [.. residents.Select(row => row.ResidentId)],
            BlockedVolunteers = blocked.Select(row => row.VolunteerId).ToImmutableHashSet(),
            AlreadyAsked = asked.Select(row => row.VolunteerId ?? Id.None).ToImmutableHashSet(),
        };
    }

    private sealed record SkillRow
    {
        public Id SkillId { get; init; }

        public int Level { get; init; }
    }

    private sealed record QualificationRow
    {
        public Id QualificationId { get; init; }
    }

    private sealed record ResidentRow
    {
        public Id ResidentId { get; init; }
    }

    private sealed record VolunteerRow
    {
        public Id VolunteerId { get; init; }
    }
}
