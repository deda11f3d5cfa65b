using Matching.Benchmarks.Crowds;
using Matching.Geography;
using Npgsql;
using NpgsqlTypes;

namespace Matching.Benchmarks.Peers;

/// <summary>
/// PostGIS with the best exact plans that are known to us: partial indexes over the active, one GiST index over place and skills together, planar
/// geometry for the index and the haversine formula for the answer. Two ways, of which the faster counts: everybody in the radius scored and sorted; and the
/// nearest first by a cursor, which stops when nobody further away can come in.
/// </summary>
internal sealed class PostgresPeer : IDisposable
{
    private const double MetresADegree = Distance.EarthRadiusM * Math.PI / 180;

    // A plane is off by this much at most over the world of the benchmark, checked while filling; the cursor stops that much later.
    private const double Shrink = 0.97;

    private readonly NpgsqlConnection _connection;
    private readonly double _lat0;
    private readonly double _lng0;
    private readonly NpgsqlCommand _radius;
    private readonly NpgsqlCommand _nearest;

    public PostgresPeer(string connectionString, Person[] people)
    {
        _connection = new NpgsqlConnection(connectionString + ";Command Timeout=600;Max Auto Prepare=0");
        _connection.Open();
        _lat0 = people.Average(person => person.Lat);
        _lng0 = people.Average(person => person.Lng);
        Run("CREATE EXTENSION IF NOT EXISTS postgis; CREATE EXTENSION IF NOT EXISTS intarray; DROP TABLE IF EXISTS people, people_in");
        Run("""
            CREATE UNLOGGED TABLE people_in (id int NOT NULL, g geometry(Point) NOT NULL, lat float8 NOT NULL, lng float8 NOT NULL, skills int[] NOT NULL,
                levels int[] NOT NULL, hours bit(168) NOT NULL, active bool NOT NULL, female bool NOT NULL, load int NOT NULL, reliability int NOT NULL)
            """);
        _connection.ReloadTypes();
        Fill(people);

        // Neighbours beside each other: geometries sort along a Hilbert curve.
        Run("CREATE TABLE people AS SELECT * FROM people_in ORDER BY g; DROP TABLE people_in");
        Run("CREATE INDEX people_g_skills ON people USING gist (g, skills gist__intbig_ops) WHERE active");
        Run("CREATE INDEX people_g ON people USING gist (g) WHERE active");
        Run("CREATE INDEX people_skills ON people USING gin (skills gin__int_ops) WHERE active");
        Run("VACUUM ANALYZE people");
        Run("SET jit = off; SET work_mem = '128MB'; SET random_page_cost = 1.1; SET plan_cache_mode = force_generic_plan");
        Run(ScoreFunction);
        Run(NearestFunction);
        _radius = Prepared("""
            SELECT id, s FROM (
                SELECT id, bench_score(lat, lng, skills, levels, hours, load, reliability, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) AS s
                FROM people
                WHERE active AND g && ST_Expand($1, $2) AND skills @> $6 AND (NOT $13 OR female = $14)) AS t
            WHERE s IS NOT NULL ORDER BY s DESC, id LIMIT 20
            """);
        _nearest = Prepared("SELECT id, s FROM bench_nearest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)");
    }

    public Hit[] InRadius(Ask ask) => Ask(_radius, ask);

    public Hit[] NearestFirst(Ask ask) => Ask(_nearest, ask);

    public long Bytes
    {
        get
        {
            using var command = new NpgsqlCommand("SELECT pg_total_relation_size('people')", _connection);
            return (long)command.ExecuteScalar()!;
        }
    }

    public void Dispose()
    {
        _radius.Dispose();
        _nearest.Dispose();
        _connection.Dispose();
    }

    // Inlined by the planner, for it is one expression: null for who breaks a rule.
    private const string ScoreFunction = """
        CREATE OR REPLACE FUNCTION bench_metres(lat float8, lng float8, to_lat float8, to_lng float8) RETURNS float8 LANGUAGE sql IMMUTABLE AS $$
            SELECT 2 * 6371008.8 * asin(sqrt(least(1, sin(radians(to_lat - lat) / 2) ^ 2
                + cos(radians(lat)) * cos(radians(to_lat)) * sin(radians(to_lng - lng) / 2) ^ 2))) $$;
        CREATE OR REPLACE FUNCTION bench_score(lat float8, lng float8, skills int[], levels int[], hours bit(168), load int, reliability int,
            to_lat float8, to_lng float8, radius float8, asked int[], lowest int[], mask bit(168), needed int, urgency float8, scale float8, wanted int) RETURNS float8 LANGUAGE sql IMMUTABLE AS $$
            SELECT CASE WHEN levels[idx(skills, asked[1])] >= lowest[1]
                    AND (array_length(asked, 1) = 1 OR levels[idx(skills, asked[2])] >= lowest[2])
                    AND bit_count(hours & mask) >= needed
                    AND bench_metres(lat, lng, to_lat, to_lng) <= radius
                THEN (1 - urgency) * (0.4::float8 * (levels[idx(skills, asked[1])] + coalesce(levels[nullif(idx(skills, asked[2]), 0)], 0)) / (4 * array_length(asked, 1))
                    + 0.2::float8 * bit_count(hours & mask) / wanted + 0.15::float8 / (1 + load / 3.0::float8) + 0.25::float8 * reliability / 255)
                    + urgency * exp(-bench_metres(lat, lng, to_lat, to_lng) / scale) END $$
        """;

    private const string NearestFunction = """
        CREATE OR REPLACE FUNCTION bench_nearest(at geometry, box float8, to_lat float8, to_lng float8, radius float8, asked int[], lowest int[], mask bit(168),
            needed int, urgency float8, scale float8, wanted int, by_gender bool, want_female bool) RETURNS TABLE (id int, s float8) LANGUAGE plpgsql STABLE
            SET enable_sort = off SET enable_bitmapscan = off AS $$
        DECLARE
            r record; ids int[] := '{}'; scores float8[] := '{}'; i int; n int := 0;
        BEGIN
            FOR r IN SELECT p.id AS who, p.g <-> at AS plane,
                    bench_score(p.lat, p.lng, p.skills, p.levels, p.hours, p.load, p.reliability, to_lat, to_lng, radius, asked, lowest, mask, needed, urgency, scale, wanted) AS score
                FROM people AS p WHERE p.active AND p.skills @> asked AND (NOT by_gender OR p.female = want_female) ORDER BY p.g <-> at
            LOOP
                EXIT WHEN r.plane * 0.97 > radius OR (n = 20 AND (1 - urgency) + urgency * exp(-r.plane * 0.97 / scale) < scores[20]);
                CONTINUE WHEN r.score IS NULL OR (n = 20 AND (r.score < scores[20] OR (r.score = scores[20] AND r.who > ids[20])));
                i := n;
                WHILE i > 0 AND (scores[i] < r.score OR (scores[i] = r.score AND ids[i] > r.who)) LOOP i := i - 1; END LOOP;
                ids := ids[1:i] || r.who || ids[i + 1:19];
                scores := scores[1:i] || r.score || scores[i + 1:19];
                n := least(20, n + 1);
            END LOOP;
            RETURN QUERY SELECT unnest(ids), unnest(scores);
        END $$
        """;

    private Hit[] Ask(NpgsqlCommand command, Ask ask)
    {
        var mask = new System.Collections.BitArray(168);
        for (var i = 0; i < ask.Hours; i++)
        {
            mask[(ask.FirstHour + i) % 168] = true;
        }

        object[] values =
        [
            PlanePoint(ask.Lat, ask.Lng), ask.RadiusM / Shrink, ask.Lat, ask.Lng, ask.RadiusM, ask.Skills.Select(required => required.Skill).ToArray(),
            ask.Skills.Select(required => required.Level).ToArray(), mask, ask.NeededHours, ask.WeightDistance, ask.DistanceScaleM, ask.Hours,
            ask.Female is not null, ask.Female ?? false,
        ];
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i];
        }

        var hits = new List<Hit>(Scoring.K);
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            hits.Add(new Hit(rows.GetInt32(0), rows.GetDouble(1)));
        }

        return [.. hits];
    }

    private NpgsqlCommand Prepared(string sql)
    {
        var command = new NpgsqlCommand(sql.Replace("$1,", "$1::bytea::geometry,", StringComparison.Ordinal), _connection);
        foreach (var type in (NpgsqlDbType[])
            [
                NpgsqlDbType.Bytea, NpgsqlDbType.Double, NpgsqlDbType.Double, NpgsqlDbType.Double, NpgsqlDbType.Double,
                NpgsqlDbType.Array | NpgsqlDbType.Integer, NpgsqlDbType.Array | NpgsqlDbType.Integer, NpgsqlDbType.Bit, NpgsqlDbType.Integer,
                NpgsqlDbType.Double, NpgsqlDbType.Double, NpgsqlDbType.Integer, NpgsqlDbType.Boolean, NpgsqlDbType.Boolean,
            ])
        {
            command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = type });
        }

        return command;
    }

    private void Run(string sql)
    {
        using var command = new NpgsqlCommand(sql, _connection);
        command.ExecuteNonQuery();
    }

    /// <summary>A point of the plane in well-known binary.</summary>
    private byte[] PlanePoint(double lat, double lng)
    {
        var bytes = new byte[21];
        bytes[0] = 1;
        bytes[1] = 1;
        BitConverter.TryWriteBytes(bytes.AsSpan(5), (lng - _lng0) * MetresADegree * Math.Cos(_lat0 * Math.PI / 180));
        BitConverter.TryWriteBytes(bytes.AsSpan(13), (lat - _lat0) * MetresADegree);
        return bytes;
    }

    private void Fill(Person[] people)
    {
        using var writer = _connection.BeginBinaryImport(
            "COPY people_in (id, g, lat, lng, skills, levels, hours, active, female, load, reliability) FROM STDIN (FORMAT BINARY)");
        var progress = new Progress("filling PostGIS", people.Length);
        var hours = new System.Collections.BitArray(168);
        for (var number = 0; number < people.Length; number++)
        {
            ref readonly var person = ref people[number];
            List<int> skills = [];
            List<int> levels = [];
            for (var bits = person.Skills; bits != 0; bits >>= 10)
            {
                skills.Add((int)(bits & 127));
                levels.Add((int)(bits >> 7) & 7);
            }

            for (var hour = 0; hour < 168; hour++)
            {
                hours[hour] = person.IsFree(hour);
            }

            writer.StartRow();
            writer.Write(number, NpgsqlDbType.Integer);
            writer.Write(PlanePoint(person.Lat, person.Lng), NpgsqlDbType.Bytea);
            writer.Write(person.Lat, NpgsqlDbType.Double);
            writer.Write(person.Lng, NpgsqlDbType.Double);
            writer.Write(skills.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Integer);
            writer.Write(levels.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Integer);
            writer.Write(hours, NpgsqlDbType.Bit);
            writer.Write(person.Active, NpgsqlDbType.Boolean);
            writer.Write(person.Female, NpgsqlDbType.Boolean);
            writer.Write((int)person.Load, NpgsqlDbType.Integer);
            writer.Write((int)person.Reliability, NpgsqlDbType.Integer);
            progress.Report(number);
        }

        writer.Complete();
        progress.Done();
    }
}
