using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;
using Matching.Orders;

namespace Matching.Api.Orders;

/// <summary>The part that makes an order of its menu item and its wishes.</summary>
public sealed partial class OrderStore
{
    private static readonly Sql<InsertRow> Insert = new(
        """
        INSERT INTO orders (id, version, center_id, home_site_id, home_path, owner_site_id, owner_path, level, state, state_since, edition, fresh_edition,
            menu_item_id, resident_id, need, lat, lng, accuracy_m, address_sealed, window_start, window_end, minutes, urgency, risk, mode,
            people_wanted, people_needed, minors_allowed, insurance_needed, gender_wanted, language_wanted, seats_filled, policy_number,
            created_by, created_at, all_asked, service_code_sealed)
        VALUES (@Id, 1, @CenterId, @SiteId, @Path, @SiteId, @Path, @Level, 'Draft', @Now, 1, 1,
            @MenuItemId, @ResidentId, @Need, @Lat, @Lng, @AccuracyM, @AddressSealed, @WindowStart, @WindowEnd, @Minutes, @Urgency, @Risk, @Mode,
            @PeopleWanted, @PeopleNeeded, @MinorsAllowed, @InsuranceNeeded, @GenderWanted, @LanguageWanted, 0, @PolicyNumber,
            @CreatedBy, @Now, 0, @ServiceCodeSealed)
        """);

    private static readonly Sql<LinkRow> InsertLink = new("INSERT INTO wish_orders (wish_id, order_id) VALUES (@WishId, @OrderId)");

    private static readonly Sql<CopyRules> CopySkills = new(
        "INSERT INTO order_skills (order_id, skill_id, level) SELECT @OrderId, skill_id, level FROM menu_item_skills WHERE menu_item_id = @MenuItemId");

    private static readonly Sql<CopyRules> CopyQualifications = new(
        """
        INSERT INTO order_qualifications (order_id, qualification_id)
        SELECT @OrderId, qualification_id FROM menu_item_qualifications WHERE menu_item_id = @MenuItemId
        """);

    public async Task<CreatedOrder> CreateAsync(Transaction tx, NewOrder order, IReadOnlyList<Id> wishIds, Actor actor)
    {
        var item = await catalog.MenuItemAsync(tx, order.MenuItemId) ?? throw new InvalidOperationException("The caller has checked the menu item.");
        var site = await sites.FindAsync(tx, order.HomeSiteId) ?? throw new InvalidOperationException("The caller has checked the site.");
        var policy = await policies.EffectiveAsync(site.CenterId, site.Path, clock.GetUtcNow());
        var id = ids.Next(IdKind.Order);
        var wanted = order.PeopleWanted ?? item.PeopleWanted;
        await tx.ExecuteAsync(Insert, new InsertRow
        {
            Id = id,
            CenterId = site.CenterId,
            SiteId = site.Id,
            Path = site.Path,
            Level = site.Kind.ToString(),
            Now = clock.GetUtcNow(),
            MenuItemId = item.Id,
            ResidentId = order.ResidentId,
            Need = order.Need,
            Lat = order.Place.Lat,
            Lng = order.Place.Lng,
            AccuracyM = order.Place.AccuracyM,
            AddressSealed = order.AddressSealed,
            WindowStart = order.Window.Start,
            WindowEnd = order.Window.End,
            Minutes = order.Minutes ?? item.Minutes,
            Urgency = order.Urgency.ToString(),
            Risk = item.Risk.ToString(),
            Mode = (order.Mode ?? item.Mode).ToString(),
            PeopleWanted = wanted,
            PeopleNeeded = Math.Min(order.PeopleNeeded ?? item.PeopleNeeded, wanted),
            MinorsAllowed = item.MinorsAllowed,
            InsuranceNeeded = item.InsuranceNeeded,
            GenderWanted = item.MayAskGender ? order.GenderWanted?.ToString() : null,
            LanguageWanted = item.MayAskLanguage ? order.LanguageWanted : null,
            PolicyNumber = policy.Version,
            CreatedBy = actor.AccountId,
            ServiceCodeSealed = vault.Seal(ServiceCode.New()),
        });
        for (var number = 1; number <= wanted; number++)
        {
            await tx.ExecuteAsync(InsertSeat, new SeatRow(id, number));
        }

        await tx.ExecuteAsync(CopySkills, new CopyRules(id, item.Id));
        await tx.ExecuteAsync(CopyQualifications, new CopyRules(id, item.Id));
        foreach (var wishId in wishIds)
        {
            await tx.ExecuteAsync(InsertLink, new LinkRow(wishId, id));
        }

        await timeline.AddAsync(tx, id, null, nameof(OrderState.Draft), "Create", actor);
        if (item.Risk < Risk.Medium)
        {
            await BecomeReadyAsync(tx, (await LockAsync(tx, id))!, actor);
        }
        else
        {
            await outbox.AddAsync(tx, "order.review", id, site.CenterId, null, new { orderId = id, siteId = site.Id });
        }

        await SettleAsync(tx, id, actor);
        return new CreatedOrder(id, item.Risk < Risk.Medium ? OrderState.Ready : OrderState.Draft);
    }

    private sealed record InsertRow
    {
        public required Id Id { get; init; }

        public required Id CenterId { get; init; }

        public required Id SiteId { get; init; }

        public required string Path { get; init; }

        public required string Level { get; init; }

        public required DateTimeOffset Now { get; init; }

        public required Id MenuItemId { get; init; }

        public required Id? ResidentId { get; init; }

        public required string Need { get; init; }

        public required double Lat { get; init; }

        public required double Lng { get; init; }

        public required double AccuracyM { get; init; }

        public required string? AddressSealed { get; init; }

        public required DateTimeOffset WindowStart { get; init; }

        public required DateTimeOffset WindowEnd { get; init; }

        public required int Minutes { get; init; }

        public required string Urgency { get; init; }

        public required string Risk { get; init; }

        public required string Mode { get; init; }

        public required int PeopleWanted { get; init; }

        public required int PeopleNeeded { get; init; }

        public required bool MinorsAllowed { get; init; }

        public required bool InsuranceNeeded { get; init; }

        public required string? GenderWanted { get; init; }

        public required string? LanguageWanted { get; init; }

        public required int PolicyNumber { get; init; }

        public required Id? CreatedBy { get; init; }

        public required string ServiceCodeSealed { get; init; }
    }

    private sealed record LinkRow(Id WishId, Id OrderId);

    private sealed record CopyRules(Id OrderId, Id MenuItemId);
}
