using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Accounts;

/// <summary>Everything that is stored about an account and those it speaks for, opened for its owner.</summary>
public sealed class MyDataStore(Database database, Vault vault, HatStore hats)
{
    // More than anybody gathers; what is older is paged by its own list.
    private const int Most = 5_000;

    private static readonly Sql<ById, KeptAccount> Account = new(
        "SELECT id, name, phone_sealed AS phone, username, created_at FROM accounts WHERE id = @Id");

    private static readonly Sql<ById, KeptSession> Sessions = new(
        "SELECT id, hat_id, created_at, expires_at FROM sessions WHERE account_id = @Id AND replaced_at IS NULL AND revoked_at IS NULL");

    private static readonly Sql<ById, KeptWeChat> WeChat = new("SELECT id, bound_at FROM wechat_identities WHERE account_id = @Id");

    private static readonly Sql<Newest, KeptNotice> Notices = new(
        "SELECT id, topic, subject_id, body, sent_at, seen_at FROM notices WHERE account_id = @Id ORDER BY id DESC {page}");

    private static readonly Sql<ById, KeptVolunteer> Volunteers = new(
        """
        SELECT id, site_id, status, name, gender, born_on, id_number_sealed AS id_number, real_name, phone_sealed AS phone, languages, insured_until, radius_m,
            max_orders_a_week, max_minutes_a_day, asked, accepted, came, on_time, no_shows, rating_sum, rating_count, served, verified_minutes,
            registered_at, suspended_until
        FROM volunteers WHERE account_id = @Id
        """);

    private static readonly Sql<ById, KeptSkill> Skills = new(
        "SELECT k.code, k.name_zh, v.level FROM volunteer_skills v JOIN skills k ON k.id = v.skill_id WHERE v.volunteer_id = @Id");

    private static readonly Sql<ById, KeptQualification> Qualifications = new(
        """
        SELECT q.code, q.name_zh, v.issuer, v.number_sealed AS number, v.valid_from, v.valid_to, v.verified_at
        FROM volunteer_qualifications v JOIN qualifications q ON q.id = v.qualification_id WHERE v.volunteer_id = @Id
        """);

    private static readonly Sql<ById, KeptPlace> Places = new("SELECT label, lat, lng, accuracy_m FROM volunteer_places WHERE volunteer_id = @Id");

    private static readonly Sql<ById, KeptSlot> Slots = new("SELECT from_minute, to_minute FROM volunteer_slots WHERE volunteer_id = @Id");

    private static readonly Sql<ById, KeptException> Exceptions = new("SELECT starts_at, ends_at, free FROM volunteer_exceptions WHERE volunteer_id = @Id");

    private static readonly Sql<ById, KeptTeam> Teams = new(
        "SELECT t.id, t.name, m.joined_at FROM team_members m JOIN teams t ON t.id = m.team_id WHERE m.volunteer_id = @Id");

    private static readonly Sql<Newest, KeptOffer> Offers = new(
        "SELECT id, order_id, state, sent_at, seen_at, answered_at, reason, note FROM offers WHERE volunteer_id = @Id ORDER BY id DESC {page}");

    private static readonly Sql<Newest, KeptAssignment> Assignments = new(
        """
        SELECT id, order_id, state, window_start, window_end, accepted_at, checked_in_at, checked_out_at, minutes, evidence, reason
        FROM assignments WHERE volunteer_id = @Id ORDER BY id DESC {page}
        """);

    private static readonly Sql<ById, KeptAttendance> Attendances = new(
        """
        SELECT t.assignment_id, t.direction, t.happened_at, t.method, t.evidence, t.lat, t.lng, t.accuracy_m
        FROM assignments a JOIN attendances t ON t.assignment_id = a.id WHERE a.volunteer_id = @Id
        """);

    private static readonly Sql<Newest, KeptHours> Hours = new(
        """
        SELECT id, sequence, order_id, minutes, evidence, service_day, posted_at
        FROM hours_entries WHERE volunteer_id = @Id ORDER BY sequence DESC {page}
        """);

    private static readonly Sql<ById, KeptRating> Ratings = new(
        """
        SELECT r.order_id, r.direction, r.score, r.words, r.rated_at
        FROM assignments a JOIN ratings r ON r.assignment_id = a.id
        WHERE a.volunteer_id = @Id AND r.shown_at IS NOT NULL
        """);

    private static readonly Sql<ById, KeptResident> Residents = new(
        """
        SELECT id, site_id, name, gender, birth_year, languages, phone_sealed AS phone, address_sealed AS address, lat, lng, accuracy_m, created_at
        FROM residents WHERE account_id = @Id AND forgotten_at IS NULL
        """);

    private static readonly Sql<ById, KeptTag> Tags = new("SELECT tag FROM resident_tags WHERE resident_id = @Id");

    private static readonly Sql<ById, KeptProxy> Proxies = new("SELECT account_id, relation, granted_at FROM resident_proxies WHERE resident_id = @Id");

    private static readonly Sql<Newest, KeptWish> Wishes = new(
        """
        SELECT id, state, channel, words, address_sealed AS address, lat, lng, window_start, window_end, urgency, gender_wanted, language_wanted, question,
            answer, reason, submitted_at, closed_at
        FROM wishes WHERE resident_id = @Id ORDER BY id DESC {page}
        """);

    private static readonly Sql<Newest, KeptOrder> Orders = new(
        """
        SELECT id, state, need, address_sealed AS address, lat, lng, window_start, window_end, urgency, created_at, confirmed_at, closed_at
        FROM orders WHERE resident_id = @Id ORDER BY id DESC {page}
        """);

    private static readonly Sql<ById, KeptBlock> Blocks = new("SELECT volunteer_id, said_by, said_at FROM blocks WHERE resident_id = @Id");

    public async Task<ShowMyDataResponse> ReadAsync(Id accountId)
    {
        var me = new ById(accountId);
        var account = (await database.FirstAsync(Account, me))!;
        return new ShowMyDataResponse(
            account with { Phone = vault.OpenIfAny(account.Phone) },
            await hats.HeldByAsync(accountId),
            await database.ListAsync(Sessions, me),
            await database.ListAsync(WeChat, me),
            await EachAsync(await database.ListAsync(Volunteers, me), VolunteerAsync),
            await EachAsync(await database.ListAsync(Residents, me), ResidentAsync),
            await database.ListAsync(Notices, new Newest(accountId, Most)));
    }

    private async Task<KeptVolunteerData> VolunteerAsync(KeptVolunteer row)
    {
        var (id, newest) = (new ById(row.Id), new Newest(row.Id, Most));
        return new KeptVolunteerData(
            row with { IdNumber = vault.OpenIfAny(row.IdNumber), Phone = vault.OpenIfAny(row.Phone) },
            await database.ListAsync(Skills, id),
            [.. (await database.ListAsync(Qualifications, id)).Select(held => held with { Number = vault.Open(held.Number) })],
            await database.ListAsync(Places, id),
            await database.ListAsync(Slots, id),
            await database.ListAsync(Exceptions, id),
            await database.ListAsync(Teams, id),
            await database.ListAsync(Offers, newest),
            await database.ListAsync(Assignments, newest),
            await database.ListAsync(Attendances, id),
            await database.ListAsync(Hours, newest),
            await database.ListAsync(Ratings, id));
    }

    private async Task<KeptResidentData> ResidentAsync(KeptResident row)
    {
        var (id, newest) = (new ById(row.Id), new Newest(row.Id, Most));
        return new KeptResidentData(
            row with { Phone = vault.OpenIfAny(row.Phone), Address = vault.OpenIfAny(row.Address) },
            [.. (await database.ListAsync(Tags, id)).Select(tag => tag.Tag)],
            await database.ListAsync(Proxies, id),
            [.. (await database.ListAsync(Wishes, newest)).Select(wish => wish with { Address = vault.OpenIfAny(wish.Address) })],
            [.. (await database.ListAsync(Orders, newest)).Select(order => order with { Address = vault.OpenIfAny(order.Address) })],
            await database.ListAsync(Blocks, id));
    }

    private static async Task<IReadOnlyList<TTo>> EachAsync<TFrom, TTo>(List<TFrom> rows, Func<TFrom, Task<TTo>> read)
    {
        var all = new List<TTo>();
        foreach (var row in rows)
        {
            all.Add(await read(row));
        }

        return all;
    }

    private sealed record Newest(Id Id, int Take);

    private sealed record KeptTag
    {
        public string Tag { get; init; } = "";
    }
}
