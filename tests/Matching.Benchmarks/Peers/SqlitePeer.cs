using System.Globalization;
using Matching.Benchmarks.Crowds;
using Matching.Geography;
using Microsoft.Data.Sqlite;

namespace Matching.Benchmarks.Peers;

/// <summary>
/// SQLite's R*Tree in three dimensions, the skill being the third: one entry a skill of a volunteer. What the box lets through is filtered by SQL, scored
/// by the same code as everybody's.
/// </summary>
internal sealed class SqlitePeer : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"matching-benchmark-{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}.db");
    private readonly SqliteCommand _query;

    public SqlitePeer(Person[] people)
    {
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = _file, Pooling = false }.ToString());
        _connection.Open();
        Run("PRAGMA journal_mode = OFF");
        Run("PRAGMA synchronous = OFF");
        Run("PRAGMA cache_size = -800000");
        Run("PRAGMA mmap_size = 1000000000");
        Run("""
            CREATE TABLE people (id INTEGER PRIMARY KEY, lat INTEGER, lng INTEGER, skills INTEGER, hours0 INTEGER, hours1 INTEGER, hours2 INTEGER,
                active INTEGER, female INTEGER, load INTEGER, reliability INTEGER)
            """);
        Run("CREATE VIRTUAL TABLE places USING rtree_i32 (id, south, north, west, east, low, high)");
        Fill(people);
        Run("ANALYZE");
        _query = _connection.CreateCommand();
        _query.CommandText = """
            SELECT p.id, p.lat, p.lng, p.skills, p.hours0, p.hours1, p.hours2, p.female, p.load, p.reliability
            FROM places AS t JOIN people AS p ON p.id = t.id >> 3
            WHERE t.south >= $south AND t.north <= $north AND t.west >= $west AND t.east <= $east AND t.low = $skill AND t.high = $skill AND p.active = 1
            """;
        foreach (var name in (string[])["$south", "$north", "$west", "$east", "$skill"])
        {
            _query.Parameters.Add(name, SqliteType.Integer);
        }

        _query.Prepare();
    }

    public Hit[] Best(Ask ask)
    {
        var halfLat = ask.RadiusM / (Distance.EarthRadiusM * Math.PI / 180) * 1.001;
        var halfLng = halfLat / Math.Cos((Math.Abs(ask.Lat) + halfLat) * Math.PI / 180);

        // The rarer of two skills is the one to look up.
        var skill = ask.Skills.Max(required => required.Skill);
        long[] values = [(long)((ask.Lat - halfLat) * 1e7), (long)((ask.Lat + halfLat) * 1e7), (long)((ask.Lng - halfLng) * 1e7), (long)((ask.Lng + halfLng) * 1e7), skill];
        for (var i = 0; i < values.Length; i++)
        {
            _query.Parameters[i].Value = values[i];
        }

        var best = new TopHits(Scoring.K);
        using var rows = _query.ExecuteReader();
        while (rows.Read())
        {
            var person = new Person
            {
                LatE7 = rows.GetInt32(1),
                LngE7 = rows.GetInt32(2),
                Skills = (ulong)rows.GetInt64(3),
                Hours0 = (ulong)rows.GetInt64(4),
                Hours1 = (ulong)rows.GetInt64(5),
                Hours2 = (ulong)rows.GetInt64(6),
                Active = true,
                Female = rows.GetInt32(7) != 0,
                Load = (byte)rows.GetInt32(8),
                Reliability = (byte)rows.GetInt32(9),
            };
            var score = Scoring.Score(person, ask);
            if (!double.IsNaN(score))
            {
                best.Offer(new Hit(rows.GetInt32(0), score));
            }
        }

        return best.Sorted();
    }

    public long Bytes => new FileInfo(_file).Length;

    public void Dispose()
    {
        _query.Dispose();
        _connection.Dispose();
        File.Delete(_file);
    }

    private void Run(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private void Fill(Person[] people)
    {
        using var transaction = _connection.BeginTransaction();
        using var person = _connection.CreateCommand();
        person.CommandText = "INSERT INTO people VALUES ($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        using var place = _connection.CreateCommand();
        place.CommandText = "INSERT INTO places VALUES ($0, $1, $1, $2, $2, $3, $3)";
        for (var i = 0; i <= 10; i++)
        {
            person.Parameters.Add($"${i.ToString(CultureInfo.InvariantCulture)}", SqliteType.Integer);
        }

        for (var i = 0; i <= 3; i++)
        {
            place.Parameters.Add($"${i.ToString(CultureInfo.InvariantCulture)}", SqliteType.Integer);
        }

        var progress = new Progress("filling SQLite", people.Length);
        for (var number = 0; number < people.Length; number++)
        {
            ref readonly var row = ref people[number];
            long[] values =
            [
                number, row.LatE7, row.LngE7, (long)row.Skills, (long)row.Hours0, (long)row.Hours1, (long)row.Hours2, row.Active ? 1 : 0, row.Female ? 1 : 0, row.Load, row.Reliability,
            ];
            for (var i = 0; i < values.Length; i++)
            {
                person.Parameters[i].Value = values[i];
            }

            person.ExecuteNonQuery();
            var held = 0;
            for (var bits = row.Skills; bits != 0; bits >>= 10)
            {
                place.Parameters[0].Value = ((long)number << 3) | (long)held++;
                place.Parameters[1].Value = row.LatE7;
                place.Parameters[2].Value = row.LngE7;
                place.Parameters[3].Value = (long)(bits & 127);
                place.ExecuteNonQuery();
            }

            progress.Report(number);
        }

        transaction.Commit();
        progress.Done();
    }
}
