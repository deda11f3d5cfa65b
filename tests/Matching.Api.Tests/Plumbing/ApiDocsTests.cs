using System.Text.RegularExpressions;
using Matching.Api.Plumbing.Docs;
using Matching.Api.Plumbing.Http;

namespace Matching.Api.Tests.Plumbing;

/// <summary>What lies in api-docs is what the service says.</summary>
public partial class ApiDocsTests
{
    private const string Again = "Write it anew and commit it: dotnet run --project src/Matching.Api -- api-docs";

    [Test]
    public async Task The_description_of_the_api_is_the_one_that_is_written_down() =>
        Same(await new ApiDocument(Deeds.All, DocsPart.Prefix).WriteAsync(), "openapi.json");

    [Test]
    public void The_table_of_refusals_is_the_one_that_is_written_down() => Same(RefusalTable.Write(Deeds.All), "refusals.md");

    [Test]
    public void Every_refusal_stands_in_the_table_once_and_nothing_else_does() => Assert.That(
        Code().Matches(RefusalTable.Write(Deeds.All)).Select(match => match.Groups[1].Value), Is.EquivalentTo(Refusals.ByCode.Keys));

    private static void Same(string made, string name)
    {
        var file = Repository.PathOf("api-docs", name);
        var written = File.Exists(file) ? File.ReadAllText(file) : "";
        if (written.ReplaceLineEndings("\n") == made.ReplaceLineEndings("\n"))
        {
            return;
        }

        Assert.Fail($"api-docs/{name} is out of date. {Again}");
    }

    [GeneratedRegex(@"^\| `([a-z_]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Code();
}
