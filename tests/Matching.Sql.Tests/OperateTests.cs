using Matching.Api.Plumbing.Database;

namespace Matching.SqlTests;

/// <summary>What a person on call has in sql/operate: the queries bind, the compose file can be read and names what is there. That it runs, nobody has seen here.</summary>
public sealed class OperateTests
{
    private static readonly string Folder = Path.Combine(DatabaseSettings.ProjectRoot(AppContext.BaseDirectory), "sql", "operate");

    private static IEnumerable<string> Queries => Directory.GetFiles(Folder, "*.sql").Select(file => Path.GetFileName(file)).Where(file => file != "create.sql");

    [TestCaseSource(nameof(Queries))]
    public void A_query_of_the_person_on_call_binds(string file) => None(Problems(File.ReadAllText(Path.Combine(Folder, file))));

    [Test]
    public void A_query_that_asks_for_what_is_not_there_is_found() => Assert.That(Problems("SELECT o.nothing FROM orders o"), Is.Not.Empty);

    [Test]
    public void Every_query_stands_in_the_README()
    {
        var readme = File.ReadAllText(Path.Combine(Folder, "..", "README.md"));
        None(Queries.Append("create.sql").Append("compose.yaml").Where(file => !readme.Contains(file, StringComparison.Ordinal)));
    }

    [Test]
    public void The_compose_file_can_be_read_and_its_services_know_each_other()
    {
        var compose = Yaml.Read(File.ReadAllText(Path.Combine(Folder, "compose.yaml")));
        var services = compose.Map("services");
        Assert.That(services.Keys, Is.SupersetOf(new[] { "sqlserver", "api-1", "api-2", "jobs-1", "balancer" }));
        foreach (var (name, service) in services)
        {
            var one = (Dictionary<string, object>)service;
            Assert.That(one.ContainsKey("image") || one.Map("extends")["service"] is string other && services.ContainsKey(other), name);
            var needs = one.GetValueOrDefault("depends_on") switch { Dictionary<string, object> map => map.Keys, List<object> list => list.Cast<string>(), _ => [] };
            Assert.That(services.Keys, Is.SupersetOf(needs), name);
        }

        Assert.That(((Dictionary<string, object>)services["jobs-1"]).Map("environment")["Nodes__Role"], Is.EqualTo("jobs"));
        var files = Directory.GetFiles(Folder).Select(file => $"./{Path.GetFileName(file)}:");
        var mounted = services.Values.Cast<Dictionary<string, object>>().SelectMany(service => service.TryGetValue("volumes", out var volumes) ? ((List<object>)volumes).Cast<string>() : []);
        None(mounted.Where(volume => volume.StartsWith("./", StringComparison.Ordinal) && !files.Any(file => volume.StartsWith(file, StringComparison.Ordinal))));
        var balancer = File.ReadAllText(Path.Combine(Folder, "haproxy.cfg"));
        Assert.That(balancer, Does.Contain("GET /health/ready").And.Contain("api-1:5080").And.Contain("api-2:5080").And.Not.Contain("jobs-1"));
    }

    [TestCase("a:\n\tb: 1")]
    [TestCase("a: 1\na: 2")]
    [TestCase("a:\n  b: 1\n c: 2")]
    [TestCase("a\nb: 1")]
    public void A_file_that_is_no_YAML_is_found(string text) => Assert.Throws<FormatException>(() => Yaml.Read(text));

    private static IReadOnlyList<string> Problems(string query) =>
        [.. Schema.Verifier.Bind("on call", query).Where(problem => !problem.Contains("[sys].", StringComparison.Ordinal))];
}

/// <summary>As much YAML as a compose file needs: maps, lists and plain or quoted words, told apart by how far they stand in. Anything else fails.</summary>
internal static class Yaml
{
    public static Dictionary<string, object> Map(this Dictionary<string, object> map, string key) => (Dictionary<string, object>)map[key];

    public static Dictionary<string, object> Read(string text)
    {
        var lines = new Queue<(int Indent, string Words)>(text.Split('\n')
            .Where(line => line.Trim().Length > 0 && !line.TrimStart().StartsWith('#'))
            .Select(line => line.Contains('\t', StringComparison.Ordinal) ? throw new FormatException($"A tab: {line}") : (line.Length - line.TrimStart().Length, line.Trim())));
        var read = ReadBlock(lines, 0);
        return lines.Count == 0 && read is Dictionary<string, object> map ? map : throw new FormatException($"Stands too far out: {lines.FirstOrDefault().Words}");
    }

    private static object ReadBlock(Queue<(int Indent, string Words)> lines, int indent)
    {
        var (map, list) = (new Dictionary<string, object>(), new List<object>());
        while (lines.TryPeek(out var line) && line.Indent == indent)
        {
            lines.Dequeue();
            if (line.Words.StartsWith("- ", StringComparison.Ordinal))
            {
                list.Add(Word(line.Words[2..]));
            }
            else if (line.Words.EndsWith(':'))
            {
                Add(line.Words[..^1], lines.TryPeek(out var next) && next.Indent > indent ? ReadBlock(lines, next.Indent) : "");
            }
            else if (line.Words.IndexOf(": ", StringComparison.Ordinal) is var colon and > 0)
            {
                Add(line.Words[..colon], Word(line.Words[(colon + 2)..]));
            }
            else
            {
                throw new FormatException($"Neither a name nor an item: {line.Words}");
            }
        }

        if (lines.TryPeek(out var after) && after.Indent > indent)
        {
            throw new FormatException($"Stands too far in: {after.Words}");
        }

        return (map.Count, list.Count) switch
        {
            ( > 0, > 0) => throw new FormatException("Names and items are mixed."),
            (_, > 0) => list,
            _ => map,
        };

        void Add(string key, object value)
        {
            if (!map.TryAdd(key, value))
            {
                throw new FormatException($"Twice: {key}");
            }
        }
    }

    private static string Word(string text) => text is ['"', .. var quoted, '"'] ? quoted : text[0] is '[' or '{' or '&' or '*' or '|' or '>' or '!' ? throw new FormatException($"Not read here: {text}") : text;
}
