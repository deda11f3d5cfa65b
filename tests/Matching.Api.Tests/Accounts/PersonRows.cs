using System.Globalization;
using Matching.Accounts;
using Matching.Api.Plumbing.Identity;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Matching.Api.Tests.Accounts;

/// <summary>
/// Somebody who is volunteer and resident at once, with rows in every table that can speak of her. Every text that is not set otherwise is
/// <see cref="Mark"/>, sealed where the column is sealed, so that whatever is left of her later can be found.
/// </summary>
public sealed class PersonRows
{
    public const string Mark = "陶小满的秘密";
    public const string Phone = "13612345678";
    public const double Lat = 29.36123;
    public const double Lng = 110.55321;

    private const string Moment = "2026-05-01T01:00:00.000Z";

    private readonly Service _service;
    private readonly Vault _vault;

    private PersonRows(Service service)
    {
        _service = service;
        _vault = service.Services.GetRequiredService<Vault>();
    }

    public Hat Volunteer { get; private set; } = null!;

    public Id VolunteerId { get; private set; }

    public Id ResidentId { get; private set; }

    public Id WishId { get; private set; }

    public Id OrderId { get; private set; }

    public Id AssignmentId { get; private set; }

    public static async Task<PersonRows> CreateAsync(Service service, World world)
    {
        var person = new PersonRows(service);
        await person.AddAllAsync(world);
        return person;
    }

    /// <summary>The columns in which something of her can still be read: <c>table.column</c>.</summary>
    public static List<string> Traces(Service service)
    {
        var vault = service.Services.GetRequiredService<Vault>();
        using var connection = Open(service);
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var table in Read(connection, "SELECT name FROM sqlite_master WHERE type = 'table'", reader => reader.GetString(0)))
        {
            using var command = connection.CreateCommand();
            command.CommandText = $"SELECT * FROM {table}";
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                for (var i = 0; i < reader.FieldCount; i++)
                {
                    var text = reader.GetValue(i) switch
                    {
                        string value when reader.GetName(i).EndsWith("_sealed", StringComparison.Ordinal) => vault.Open(value),
                        string value => value,
                        double value => value.ToString(CultureInfo.InvariantCulture),
                        _ => "",
                    };
                    if (text.Contains(Mark) || text.Contains(Phone) || text == Lat.ToString(CultureInfo.InvariantCulture))
                    {
                        found.Add($"{table}.{reader.GetName(i)}");
                    }
                }
            }
        }

        return [.. found];
    }

    public void Run(string sql, Id id)
    {
        using var connection = Open(_service);
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Parameters.AddWithValue("@Id", id.ToBytes());
        command.ExecuteNonQuery();
    }

    public List<string> Column(string sql, Id id)
    {
        using var connection = Open(_service);
        return Read(connection, sql, reader => reader.GetValue(0).ToString() ?? "", id);
    }

    private static SqliteConnection Open(Service service)
    {
        var connection = new SqliteConnection($"Data Source={service.DatabaseFile};Foreign Keys=True;Pooling=False;Default Timeout=5");
        connection.Open();
        return connection;
    }

    private static List<T> Read<T>(SqliteConnection connection, string sql, Func<SqliteDataReader, T> read, Id? id = null)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Parameters.AddWithValue("@Id", id?.ToBytes() ?? []);
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    private async Task AddAllAsync(World world)
    {
        var site = world.NorthStation;
        Volunteer = await world.HatAsync(Role.Volunteer, null, VolunteerId = _service.Ids.Next(IdKind.Volunteer));
        var account = Volunteer.AccountId;
        var (skill, qualification, item) = (_service.Ids.Next(IdKind.Skill), _service.Ids.Next(IdKind.Qualification), _service.Ids.Next(IdKind.MenuItem));
        ResidentId = _service.Ids.Next(IdKind.Resident);
        WishId = _service.Ids.Next(IdKind.Wish);
        OrderId = _service.Ids.Next(IdKind.Order);
        AssignmentId = _service.Ids.Next(IdKind.Assignment);
        var (round, team) = (_service.Ids.Next(IdKind.Round), _service.Ids.Next(IdKind.Team));

        using var connection = Open(_service);
        using (var update = connection.CreateCommand())
        {
            update.CommandText = "UPDATE accounts SET name = @Mark, phone_sealed = @Phone, phone_hash = @Hash, username = @Mark, username_folded = @Mark, password_hash = @Mark WHERE id = @Id";
            update.Parameters.AddWithValue("@Mark", Mark);
            update.Parameters.AddWithValue("@Phone", _vault.Seal("+86" + Phone));
            update.Parameters.AddWithValue("@Hash", _vault.PhoneHash(PhoneNumber.Read(Phone).Value));
            update.Parameters.AddWithValue("@Id", account.ToBytes());
            update.ExecuteNonQuery();
        }

        (string, object?)[] at = [("center_id", site.CenterId), ("site_id", site.Id), ("path", site.Path)];
        (string, object?)[] place = [("lat", Lat), ("lng", Lng)];
        Add("skills", ("id", skill), ("name_zh", "水电"), ("name_en", "wiring"), ("code", "wiring"));
        Add("qualifications", ("id", qualification), ("name_zh", "电工证"), ("name_en", "Electrician"), ("code", "electrician"));
        Add("menu_items", ("id", item), ("center_id", site.CenterId), ("name_zh", "换灯泡"), ("name_en", "Lamp"), ("about_zh", null), ("about_en", null),
            ("code", item.ToString()), ("category", "HelpInNeed"), ("risk", "Low"), ("urgency", "Normal"), ("mode", "Wave"));
        Add("volunteers", [("id", VolunteerId), ("account_id", account), .. at, ("status", "Active"), ("gender", "Female"), ("born_on", "1980-02-03"),
            ("insured_until", "2027-01-01"), ("id_number_hash", _vault.LookupHash("id", Mark)), ("companion_id", null)]);
        Add("volunteer_skills", ("volunteer_id", VolunteerId), ("skill_id", skill));
        Add("volunteer_qualifications", ("id", _service.Ids.Next(IdKind.HeldQualification)), ("volunteer_id", VolunteerId), ("qualification_id", qualification),
            ("valid_from", null), ("valid_to", "2027-01-01"));
        Add("volunteer_places", [("volunteer_id", VolunteerId), .. place]);
        Add("volunteer_slots", ("volunteer_id", VolunteerId));
        Add("volunteer_exceptions", ("volunteer_id", VolunteerId));
        Add("teams", [("id", team), .. at, ("name", "北一社区服务队"), ("name_sort", "a"), ("category", "HelpInNeed"), ("captain_id", VolunteerId)]);
        Add("team_members", ("team_id", team), ("volunteer_id", VolunteerId));
        Add("residents", [("id", ResidentId), ("account_id", account), .. at, .. place, ("gender", "Female"), ("birth_year", 1980), ("phone_hash", _vault.PhoneHash(PhoneNumber.Read(Phone).Value))]);
        Add("resident_tags", ("resident_id", ResidentId));
        Add("resident_proxies", ("resident_id", ResidentId), ("account_id", account));
        Add("blocks", ("volunteer_id", VolunteerId), ("resident_id", ResidentId), ("said_by", "Resident"));
        Add("wishes", [("id", WishId), .. at, .. place, ("sent_lat", Lat), ("sent_lng", Lng), ("sent_datum", "Wgs84"), ("state", "Fulfilled"), ("resident_id", ResidentId), ("submitted_by", account),
            ("channel", "App"), ("menu_item_id", item), ("urgency", "Normal"), ("partner_reference", null), ("gender_wanted", "Female"), ("next_action", null), ("referred_to", null)]);
        Add("orders", [("id", OrderId), ("center_id", site.CenterId), .. place, ("home_site_id", site.Id), ("home_path", site.Path), ("owner_site_id", site.Id), ("owner_path", site.Path), ("level", "Station"),
            ("state", "Closed"), ("menu_item_id", item), ("resident_id", ResidentId), ("urgency", "Normal"), ("risk", "Low"), ("mode", "Wave"), ("next_action", null), ("gender_wanted", "Female"),
            ("confirmed_how", "App"), ("outcome", "Served")]);
        Add("wish_orders", ("wish_id", WishId), ("order_id", OrderId));
        Add("dispatch_rounds", ("id", round), ("order_id", OrderId), ("owner_site_id", site.Id), ("mode", "Wave"), ("level", "Station"), ("pool_path", site.Path));
        Add("match_runs", ("id", _service.Ids.Next(IdKind.MatchRun)), ("order_id", OrderId), ("query", $$"""{"lat":{{Lat}},"text":"{{Mark}}"}"""), ("candidates", "[]"));
        Add("offers", ("id", _service.Ids.Next(IdKind.Offer)), ("center_id", site.CenterId), ("order_id", OrderId), ("round_id", round), ("volunteer_id", VolunteerId), ("state", "Accepted"),
            ("factors", "{}"), ("reason", null), ("delivered_by", null));
        Add("assignments", [("id", AssignmentId), ("center_id", site.CenterId), ("order_id", OrderId), ("volunteer_id", VolunteerId), ("state", "Verified"), ("holds", 1), .. place, ("evidence", "A")]);
        Add("seats", ("order_id", OrderId), ("assignment_id", AssignmentId));
        Add("attendances", [("id", _service.Ids.Next(IdKind.Attendance)), ("assignment_id", AssignmentId), ("direction", "In"), ("method", "Geofence"), ("evidence", "A"), .. place, ("sent_datum", "Wgs84"),
            ("account_id", account)]);
        Add("hours_entries", [("id", _service.Ids.Next(IdKind.HoursEntry)), ("volunteer_id", VolunteerId), .. at, ("order_id", OrderId), ("assignment_id", AssignmentId), ("minutes", 60), ("evidence", "A"),
            ("service_day", "2026-05-01"), ("sequence", 1), ("reason", null)]);
        Add("ratings", ("id", _service.Ids.Next(IdKind.Rating)), ("order_id", OrderId), ("assignment_id", AssignmentId), ("direction", "OfVolunteer"), ("score", 5), ("rated_by", account));
        Add("transitions", ("id", _service.Ids.Next(IdKind.Transition)), ("subject_id", WishId), ("from_state", "Triaging"), ("to_state", "Withdrawn"), ("deed", "Withdraw"), ("role", "Resident"), ("account_id", account));
        var identity = _service.Ids.Next(IdKind.WeChatIdentity);
        Add("wechat_identities", ("id", identity), ("account_id", account));
        Add("wechat_allowances", ("identity_id", identity));
        Add("messages", ("id", _service.Ids.Next(IdKind.Message)), ("account_id", account), ("state", "Waiting"), ("carrier", null));
        Add("notices", ("id", _service.Ids.Next(IdKind.Notice)), ("account_id", account), ("subject_id", OrderId), ("topic", "offer.sent"), ("body", "{}"));

        void Add(string table, params (string Column, object? Value)[] set) => Insert(connection, table, set);
    }

    private void Insert(SqliteConnection connection, string table, (string Column, object? Value)[] set)
    {
        var columns = Read(connection, $"SELECT name, type, \"notnull\" FROM pragma_table_info('{table}')", reader => (Name: reader.GetString(0), Type: reader.GetString(1), Needed: reader.GetBoolean(2)));
        Assert.That(set.Select(one => one.Column), Is.SubsetOf(columns.Select(column => column.Name)), table);
        using var command = connection.CreateCommand();
        command.CommandText = $"INSERT INTO {table} ({string.Join(", ", columns.Select(c => c.Name))}) VALUES ({string.Join(", ", columns.Select(c => "@" + c.Name))})";
        foreach (var column in columns)
        {
            var given = set.FirstOrDefault(one => one.Column == column.Name);
            var value = given.Column is not null ? given.Value : Usual(column.Name, column.Type, column.Needed);
            command.Parameters.AddWithValue("@" + column.Name, value switch { Id id => id.ToBytes(), null => DBNull.Value, _ => value });
        }

        command.ExecuteNonQuery();
    }

    private object? Usual(string name, string type, bool needed) => type switch
    {
        _ when name.EndsWith("phone_sealed", StringComparison.Ordinal) => _vault.Seal("+86" + Phone),
        _ when name.EndsWith("_sealed", StringComparison.Ordinal) => _vault.Seal(Mark),
        "TEXT" => Mark,
        _ when type.StartsWith("NVARCHAR", StringComparison.Ordinal) => Mark,
        _ when !needed => null,
        _ when type.StartsWith("BINARY(16)", StringComparison.Ordinal) => _service.Ids.Next(IdKind.Account),
        _ when type.StartsWith("BINARY", StringComparison.Ordinal) => new byte[32],
        _ when type.StartsWith("DATETIMEOFFSET", StringComparison.Ordinal) => Moment,
        _ => 1,
    };
}
