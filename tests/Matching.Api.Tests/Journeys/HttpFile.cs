using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Matching.Api.Tests.Journeys;

/// <summary>
/// Sends the requests of a <c>.http</c> file from top to bottom, as an editor would: variables, named answers and the paths into them. Lines
/// <c># expect 200</c> and <c># expect $.path value</c> say what has to come back.
/// </summary>
public sealed partial class HttpFile(string text, string host)
{
    private readonly Dictionary<string, string> _variables = [];
    private readonly Dictionary<string, JsonNode> _answers = [];

    /// <summary>Sends them all; <paramref name="afterEach"/> lets the service do what follows.</summary>
    public async Task<int> PlayAsync(HttpClient client, Func<Task> afterEach)
    {
        var sent = 0;
        foreach (var part in text.ReplaceLineEndings("\n").Split("\n###"))
        {
            var lines = part.Split('\n').ToList();
            foreach (var variable in lines.Select(line => VariableLine().Match(line)).Where(match => match.Success))
            {
                _variables[variable.Groups[1].Value] = variable.Groups[1].Value == "host" ? host : variable.Groups[2].Value;
            }

            var start = lines.FindIndex(line => RequestLine().IsMatch(line));
            if (start < 0)
            {
                continue;
            }

            await SendAsync(client, lines, start);
            await afterEach();
            sent++;
        }

        return sent;
    }

    private async Task SendAsync(HttpClient client, List<string> lines, int start)
    {
        var first = Fill(lines[start]).Split(' ', 2);
        var blank = lines.FindIndex(start, line => line.Length == 0);
        var headers = lines.Take(blank < 0 ? lines.Count : blank).Skip(start + 1).Select(Fill).Select(line => line.Split(": ", 2)).ToList();
        var body = blank < 0 ? "" : Fill(string.Join('\n', lines.Skip(blank + 1))).Trim();

        using var request = new HttpRequestMessage(HttpMethod.Parse(first[0]), first[1]);
        if (body.Length > 0)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        foreach (var header in headers.Where(header => header[0] != "Content-Type"))
        {
            request.Headers.TryAddWithoutValidation(header[0], header[1]);
        }

        using var response = await client.SendAsync(request);
        var answer = await response.Content.ReadAsStringAsync();
        var told = $"{lines[0].Trim()}\n{first[0]} {first[1]}\n{answer}";
        foreach (var expected in lines.Take(start).Select(line => ExpectLine().Match(line)).Where(match => match.Success))
        {
            var what = expected.Groups[1].Value.Split(' ');
            if (what.Length == 1)
            {
                Assert.That((int)response.StatusCode, Is.EqualTo(int.Parse(what[0])), told);
            }
            else
            {
                Assert.That(Read(JsonNode.Parse(answer)!, what[0]), Is.EqualTo(what[1]), told);
            }
        }

        if (lines.Take(start).Select(line => NameLine().Match(line)).FirstOrDefault(match => match.Success) is { } name)
        {
            _answers[name.Groups[1].Value] = JsonNode.Parse(answer)!;
        }
    }

    private string Fill(string line) => Placeholder().Replace(line, match =>
    {
        var name = match.Groups[1].Value;
        var into = name.IndexOf(".response.body.", StringComparison.Ordinal);
        return into < 0 ? _variables[name] : Read(_answers[name[..into]], name[(into + ".response.body.".Length)..]);
    });

    private static string Read(JsonNode node, string path)
    {
        var at = node;
        foreach (Match step in Step().Matches(path))
        {
            at = step switch
            {
                { Groups: [_, { Success: true } name, ..] } => at![name.Value],
                { Groups: [_, _, { Success: true } index, ..] } => at![int.Parse(index.Value)],
                _ => at!.AsArray().First(item => (string?)item![step.Groups[3].Value] == step.Groups[4].Value),
            };
        }

        return at?.ToString() ?? throw new InvalidOperationException($"{path} leads nowhere in {node}");
    }

    [GeneratedRegex(@"^@(\w+)\s*=\s*(.*)$")]
    private static partial Regex VariableLine();

    [GeneratedRegex("^(GET|POST|PUT|PATCH|DELETE) ")]
    private static partial Regex RequestLine();

    [GeneratedRegex(@"^# expect (.+)$")]
    private static partial Regex ExpectLine();

    [GeneratedRegex(@"^# @name (\w+)$")]
    private static partial Regex NameLine();

    [GeneratedRegex(@"\{\{([^}]+)\}\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"\.(\w+)|\[(\d+)\]|\[\?\(@\.(\w+)=='([^']*)'\)\]")]
    private static partial Regex Step();
}
