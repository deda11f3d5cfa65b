using Matching.Api.Plumbing.Database;

namespace Matching.Api.Accounts;

/// <summary>
/// Takes out of every table what says who somebody is: names, phones, addresses, places, words. What stays are ids, states, times and minutes, so that
/// the ledger of hours still verifies and figures still add up.
/// </summary>
public sealed class ForgetStore(TimeProvider clock)
{
    /// <summary>Stands where a name stood.</summary>
    public const string Nobody = "已注销";

    private static readonly Sql<ById, OpenRow> OpenAsVolunteer = new(
        "SELECT id FROM assignments WHERE volunteer_id = @Id AND state IN ('Confirmed', 'CheckedIn', 'CheckedOut')");

    private static readonly Sql<ById, OpenRow> OpenAsResident = new(
        """
        SELECT id FROM orders WHERE resident_id = @Id AND state NOT IN ('Closed', 'Cancelled', 'Unfilled', 'Failed')
        UNION ALL
        SELECT id FROM wishes WHERE resident_id = @Id AND state IN ('Submitted', 'Triaging', 'NeedsInfo', 'Ordered')
        """);

    private static readonly Sql<Forgetting> Account = new(
        """
        UPDATE accounts
        SET name = NULL, phone_sealed = NULL, phone_hash = NULL, username = NULL, username_folded = NULL, password_hash = NULL, forgotten_at = @Now,
            version = version + 1
        WHERE id = @Id
        """);

    private static readonly Sql<ById> Sessions = new("DELETE FROM sessions WHERE account_id = @Id");

    private static readonly Sql<ById> WeChatAllowances = new(
        "DELETE FROM wechat_allowances WHERE identity_id IN (SELECT id FROM wechat_identities WHERE account_id = @Id)");

    private static readonly Sql<ById> WeChatIdentities = new("DELETE FROM wechat_identities WHERE account_id = @Id");

    private static readonly Sql<ById> Messages = new("DELETE FROM messages WHERE account_id = @Id");

    private static readonly Sql<ById> ResetCodes = new("DELETE FROM reset_codes WHERE account_id = @Id");

    private static readonly Sql<ById> Notices = new("DELETE FROM notices WHERE account_id = @Id");

    private static readonly Sql<ById> ProxyForOthers = new("DELETE FROM resident_proxies WHERE account_id = @Id");

    // ── As a volunteer ──────────────────────────────────────────────────────────────────────────────────────────────
    private static readonly Sql<Forgetting> Volunteer = new(
        """
        UPDATE volunteers
        SET name = @Nobody, name_sort = @Nothing, status = 'Left', born_on = NULL, id_number_sealed = NULL, id_number_hash = NULL, real_name = 0,
            phone_sealed = NULL, languages = @Nothing, insured_until = NULL, companion_id = NULL, version = version + 1
        WHERE id = @Id
        """);

    private static readonly Sql<ById> Skills = new("DELETE FROM volunteer_skills WHERE volunteer_id = @Id");

    private static readonly Sql<ById> Qualifications = new("DELETE FROM volunteer_qualifications WHERE volunteer_id = @Id");

    private static readonly Sql<ById> Places = new("DELETE FROM volunteer_places WHERE volunteer_id = @Id");

    private static readonly Sql<ById> Slots = new("DELETE FROM volunteer_slots WHERE volunteer_id = @Id");

    private static readonly Sql<ById> Exceptions = new("DELETE FROM volunteer_exceptions WHERE volunteer_id = @Id");

    private static readonly Sql<ById> Captaincies = new(
        """
        UPDATE teams SET captain_id = NULL, version = version + 1
        WHERE captain_id = @Id AND id IN (SELECT team_id FROM team_members WHERE volunteer_id = @Id)
        """);

    private static readonly Sql<ById> Memberships = new("DELETE FROM team_members WHERE volunteer_id = @Id");

    private static readonly Sql<ById> OfferNotes = new("UPDATE offers SET note = NULL WHERE volunteer_id = @Id AND note IS NOT NULL");

    private static readonly Sql<ById> AssignmentReasons = new("UPDATE assignments SET reason = NULL WHERE volunteer_id = @Id AND reason IS NOT NULL");

    private static readonly Sql<ById> AttendancePlaces = new(
        """
        UPDATE attendances SET lat = NULL, lng = NULL, accuracy_m = NULL
        WHERE assignment_id IN (SELECT id FROM assignments WHERE volunteer_id = @Id)
        """);

    private static readonly Sql<ById> RatingWordsOfVolunteer = new(
        "UPDATE ratings SET words = NULL WHERE assignment_id IN (SELECT id FROM assignments WHERE volunteer_id = @Id)");

    // ── As a resident ───────────────────────────────────────────────────────────────────────────────────────────────
    private static readonly Sql<Forgetting> Resident = new(
        """
        UPDATE residents
        SET name = @Nobody, name_sort = @Nothing, gender = NULL, birth_year = NULL, languages = @Nothing, phone_sealed = NULL, phone_hash = NULL, address_sealed = NULL,
            lat = NULL, lng = NULL, accuracy_m = NULL, forgotten_at = @Now, version = version + 1
        WHERE id = @Id
        """);

    private static readonly Sql<ById> Tags = new("DELETE FROM resident_tags WHERE resident_id = @Id");

    private static readonly Sql<ById> Proxies = new("DELETE FROM resident_proxies WHERE resident_id = @Id");

    private static readonly Sql<ById> NamesAtPartners = new("DELETE FROM partner_residents WHERE resident_id = @Id");

    private static readonly Sql<ById> Blocks = new("DELETE FROM blocks WHERE resident_id = @Id");

    // The place of a wish cannot be nothing; the site's own says no more than the site does.
    private static readonly Sql<Forgetting> Wishes = new(
        """
        UPDATE wishes
        SET words = @Nothing, words_folded = @Nothing, question = NULL, answer = NULL, reason = NULL, address_sealed = NULL, sent_lat = NULL, sent_lng = NULL,
            gender_wanted = NULL, language_wanted = NULL,
            lat = COALESCE((SELECT s.lat FROM sites s WHERE s.id = wishes.site_id), 0),
            lng = COALESCE((SELECT s.lng FROM sites s WHERE s.id = wishes.site_id), 0),
            version = version + 1
        WHERE resident_id = @Id
        """);

    private static readonly Sql<Forgetting> Orders = new(
        """
        UPDATE orders
        SET need = @Nothing, address_sealed = NULL, service_code_sealed = NULL, hold_reason = NULL, gender_wanted = NULL, language_wanted = NULL, shortage = NULL,
            lat = COALESCE((SELECT s.lat FROM sites s WHERE s.id = orders.home_site_id), 0),
            lng = COALESCE((SELECT s.lng FROM sites s WHERE s.id = orders.home_site_id), 0),
            version = version + 1
        WHERE resident_id = @Id
        """);

    private static readonly Sql<ById> PlacesOfService = new(
        """
        UPDATE assignments
        SET lat = COALESCE((SELECT o.lat FROM orders o WHERE o.id = assignments.order_id), 0),
            lng = COALESCE((SELECT o.lng FROM orders o WHERE o.id = assignments.order_id), 0)
        WHERE order_id IN (SELECT id FROM orders WHERE resident_id = @Id)
        """);

    private static readonly Sql<ById> AttendancesAtHome = new(
        """
        UPDATE attendances SET lat = NULL, lng = NULL, accuracy_m = NULL
        WHERE assignment_id IN (SELECT a.id FROM assignments a JOIN orders o ON o.id = a.order_id WHERE o.resident_id = @Id)
        """);

    private static readonly Sql<Forgetting> MatchRuns = new(
        "UPDATE match_runs SET query = @NoJson WHERE order_id IN (SELECT id FROM orders WHERE resident_id = @Id)");

    private static readonly Sql<ById> RatingWordsOfResident = new(
        "UPDATE ratings SET words = NULL WHERE order_id IN (SELECT id FROM orders WHERE resident_id = @Id)");

    private static readonly Sql<ById> ReasonsOfWishes = new(
        "UPDATE transitions SET reason = NULL WHERE subject_id IN (SELECT id FROM wishes WHERE resident_id = @Id)");

    private static readonly Sql<ById> ReasonsOfOrders = new(
        "UPDATE transitions SET reason = NULL WHERE subject_id IN (SELECT id FROM orders WHERE resident_id = @Id)");

    private static readonly Sql<ById>[] OfVolunteer =
    [
        Skills, Qualifications, Places, Slots, Exceptions, Captaincies, Memberships, OfferNotes, AssignmentReasons, AttendancePlaces, RatingWordsOfVolunteer,
    ];

    private static readonly Sql<ById>[] OfResident =
    [
        Tags, Proxies, NamesAtPartners, Blocks, PlacesOfService, AttendancesAtHome, RatingWordsOfResident, ReasonsOfWishes, ReasonsOfOrders,
    ];

    /// <summary>Whether a wish, an order or an assignment of this volunteer or resident still runs.</summary>
    public static async Task<bool> InServiceAsync(Transaction tx, Id subjectId) => await tx.FirstAsync(
        subjectId.Kind == IdKind.Volunteer ? OpenAsVolunteer : OpenAsResident, new ById(subjectId)) is not null;

    /// <summary>A volunteer: the home address first of all, and what was said about them.</summary>
    public async Task ForgetVolunteerAsync(Transaction tx, Id volunteerId)
    {
        await tx.ExecuteAsync(Volunteer, Of(volunteerId));
        await AllAsync(tx, OfVolunteer, volunteerId);
    }

    /// <summary>A resident: also in the wishes and in the orders that were made of them.</summary>
    public async Task ForgetResidentAsync(Transaction tx, Id residentId)
    {
        var forgetting = Of(residentId);
        foreach (var statement in new[] { Resident, Wishes, Orders, MatchRuns })
        {
            await tx.ExecuteAsync(statement, forgetting);
        }

        // After the orders: a place of service becomes what its order's has become.
        await AllAsync(tx, OfResident, residentId);
    }

    /// <summary>The account itself: nobody signs in to it again, and its phone and username are free.</summary>
    public async Task ForgetAccountAsync(Transaction tx, Id accountId)
    {
        await tx.ExecuteAsync(Account, Of(accountId));
        await AllAsync(tx, [Sessions, ResetCodes, WeChatAllowances, WeChatIdentities, Messages, Notices, ProxyForOthers], accountId);
    }

    private static async Task AllAsync(Transaction tx, IEnumerable<Sql<ById>> statements, Id id)
    {
        foreach (var statement in statements)
        {
            await tx.ExecuteAsync(statement, new ById(id));
        }
    }

    private Forgetting Of(Id id) => new(id, Nobody, "", "{}", clock.GetUtcNow());

    private sealed record Forgetting(Id Id, string Nobody, string Nothing, string NoJson, DateTimeOffset Now);

    private sealed record OpenRow
    {
        public Id Id { get; init; }
    }
}
