using System.Text.Json;
using System.Text.Json.Nodes;
using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing.Docs;
using Matching.Api.Plumbing.Http;
using Microsoft.OpenApi;

namespace Matching.Api.Tests.Plumbing;

/// <summary>The description says what the deeds do, and no more.</summary>
public class ApiDocumentTests
{
    private Service _service = null!;
    private string _text = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _service = await Service.StartAsync();
        _text = await _service.AsNobody().GetStringAsync("/swagger/v1/swagger.json");
    }

    [OneTimeTearDown]
    public async Task Stop() => await _service.DisposeAsync();

    [Test]
    public void The_document_is_valid_OpenAPI_3_1()
    {
        var read = OpenApiDocument.Parse(_text, "json");

        Assert.That(read.Diagnostic!.Errors.Select(error => $"{error.Pointer}: {error.Message}"), Is.Empty);
        Assert.That(read.Diagnostic.SpecificationVersion, Is.EqualTo(OpenApiSpecVersion.OpenApi3_1));
    }

    [Test]
    public async Task The_page_that_shows_it_is_there()
    {
        var page = await _service.AsNobody().GetStringAsync("/swagger/index.html");

        Assert.That(page, Does.Contain("swagger-ui"));
    }

    [Test]
    public async Task What_is_served_is_what_is_written_down() =>
        Assert.That(_text.Trim(), Is.EqualTo((await new ApiDocument(Deeds.All, DocsPart.Prefix).WriteAsync()).Trim()));

    [Test]
    public void Every_deed_is_in_it_with_a_sentence_its_roles_and_its_refusals()
    {
        var operations = Operation.All(JsonNode.Parse(_text)!).ToDictionary(operation => operation.Name);

        Assert.That(operations.Keys, Is.EquivalentTo(Deeds.All.Select(deed => deed.Name)));
        foreach (var deed in Deeds.All)
        {
            var node = operations[deed.Name].Node;
            Assert.That((string?)node["summary"], Is.Not.Empty, deed.Name);
            Assert.That(operations[deed.Name].Roles, Is.Not.Empty, deed.Name);
            Assert.That(node["x-refusals"]!.AsArray().Select(code => (string?)code), Is.SupersetOf(deed.Refusals.Select(refusal => refusal.Code)), deed.Name);
        }
    }

    [Test]
    public void Every_example_of_a_body_is_one_that_the_deed_can_read()
    {
        foreach (var operation in Operation.All(JsonNode.Parse(_text)!).Where(operation => operation.Body is not null))
        {
            var deed = Deeds.All.Single(deed => deed.Name == operation.Name);
            var whole = operation.Body!.DeepClone().AsObject();
            foreach (var (name, example) in operation.PathExamples)
            {
                whole[name] = example;
            }

            Assert.That(() => whole.Deserialize(deed.Request, Wire.Json), Throws.Nothing, deed.Name);
        }
    }

    [Test]
    public void Every_filter_and_order_of_a_list_says_what_it_is()
    {
        var silent = Operation.All(JsonNode.Parse(_text)!)
            .SelectMany(operation => operation.Node["parameters"]!.AsArray()
                .Where(parameter => (string?)parameter!["in"] == "query" && string.IsNullOrEmpty((string?)parameter["description"]))
                .Select(parameter => $"{operation.Name}: {parameter!["name"]}"));

        Assert.That(silent, Is.Empty);
    }

    [Test]
    public void Every_yes_has_an_example_unless_it_is_a_file()
    {
        // A bare yes has nothing to show.
        foreach (var operation in Operation.All(JsonNode.Parse(_text)!).Where(operation => Deeds.All.Single(deed => deed.Name == operation.Name).Response != typeof(Done)))
        {
            var yes = operation.Node["responses"]!.AsObject().First().Value!["content"]!.AsObject();
            Assert.That(yes["application/json"] is null || yes["application/json"]!["example"] is not null, operation.Name);
        }
    }

    [Test]
    public async Task A_request_is_described_by_its_record_its_validator_and_its_sentences()
    {
        var document = JsonNode.Parse(await new ApiDocument([Deeds.Describe(typeof(RepaintBench))], "/x", typeof(RepaintBench).Assembly).WriteAsync())!;
        var operation = Operation.All(document).Single();
        var body = operation.Node["requestBody"]!["content"]!["application/json"]!["schema"]!;

        Assert.That(operation.PathExamples.Keys, Is.EqualTo(new[] { "orderId" }));
        Assert.That(operation.PathExamples["orderId"], Does.StartWith("ord_"));
        Assert.That((string?)operation.Node["summary"], Is.EqualTo("Paints a bench."));
        Assert.That(body["properties"]!.AsObject().Select(property => property.Key), Is.EqualTo(new[] { "colour", "coats", "dryBy", "volunteerIds" }));
        Assert.That(body["required"]!.AsArray().Select(name => (string?)name), Is.EqualTo(new[] { "coats", "colour", "dryBy" }));
        Assert.That((string?)body["properties"]!["colour"]!["description"], Is.EqualTo("What it shall look like."));
        Assert.That((string?)body["properties"]!["colour"]!["type"], Is.EqualTo("string"));
        Assert.That((int?)body["properties"]!["colour"]!["maxLength"], Is.EqualTo(20));
        Assert.That((int?)body["properties"]!["coats"]!["minimum"], Is.EqualTo(1));
        Assert.That((int?)body["properties"]!["coats"]!["maximum"], Is.EqualTo(3));
        Assert.That((string?)body["properties"]!["dryBy"]!["format"], Is.EqualTo("date-time"));
        Assert.That((string?)body["properties"]!["volunteerIds"]!["items"]!["pattern"], Does.StartWith("^vol_"));
        Assert.That(operation.Roles, Is.EqualTo(new[] { "siteAdmin" }));
        Assert.That(
            operation.Node["x-refusals"]!.AsArray().Select(code => (string?)code),
            Is.EquivalentTo(new[]
            {
                "seat_taken", "field_missing", "field_too_long", "field_out_of_range", "field_unknown", "field_wrong_type", "text_not_storable", "time_without_offset",
                "body_not_json", "body_too_large", "content_type_unsupported", "sign_in_needed", "token_invalid", "role_not_allowed", "idempotency_key_invalid",
                "idempotency_key_reused", "internal_error", "database_busy", "node_takes_no_requests",
            }));
    }

    /// <summary>A bench to paint.</summary>
    /// <param name="OrderId">For which order.</param>
    /// <param name="Colour">What it shall look like.</param>
    /// <param name="Coats">How many coats.</param>
    /// <param name="DryBy">When somebody wants to sit on it.</param>
    /// <param name="VolunteerIds">Who comes along.</param>
    public sealed record RepaintBenchRequest(Id OrderId, string? Colour, int Coats, DateTimeOffset DryBy, IReadOnlyList<Id>? VolunteerIds);

    public sealed class RepaintBenchValidator : AbstractValidator<RepaintBenchRequest>
    {
        public RepaintBenchValidator()
        {
            RuleFor(r => r.Colour).NotEmpty().MaximumLength(20);
            RuleFor(r => r.Coats).InclusiveBetween(1, 3);
        }
    }

    /// <summary>Paints a bench.</summary>
    public sealed class RepaintBench : Endpoint<RepaintBenchRequest, Done>
    {
        public override void Configure()
        {
            Post("/orders/{orderId}/bench");
            Allow(Role.SiteAdmin);
            Refuses(Refusals.SeatTaken);
        }

        protected override Task<Outcome<Done>> RunAsync(RepaintBenchRequest request, CancellationToken ct) => throw new NotSupportedException();
    }
}

/// <summary>One operation of the API's description, as tests read it.</summary>
public sealed record Operation(string Verb, string Route, JsonNode Node)
{
    public string Name => (string)Node["operationId"]!;

    public List<string> Roles => Node["x-roles"]!.AsArray().Select(role => (string)role!).ToList();

    /// <summary>The example of the body; null without one.</summary>
    public JsonNode? Body => Node["requestBody"]?["content"]?["application/json"]?["example"];

    public bool NeedsIfMatch => Node["parameters"]!.AsArray().Any(parameter => (string?)parameter!["name"] == "If-Match");

    public IReadOnlyDictionary<string, string> PathExamples => Node["parameters"]!.AsArray()
        .Where(parameter => (string?)parameter!["in"] == "path")
        .ToDictionary(parameter => (string)parameter!["name"]!, parameter => parameter!["example"]!.ToString());

    /// <summary>The names of the address's parts that are ids.</summary>
    public IEnumerable<string> Ids => Node["parameters"]!.AsArray()
        .Where(parameter => (string?)parameter!["in"] == "path" && ((string?)parameter["schema"]?["pattern"])?.Contains("[0-7][0-9A-HJKMNP-TV-Z]") == true)
        .Select(parameter => (string)parameter!["name"]!);

    public static IEnumerable<Operation> All(JsonNode document) =>
        from path in document["paths"]!.AsObject()
        from verb in path.Value!.AsObject()
        select new Operation(verb.Key.ToUpperInvariant(), path.Key, verb.Value!);

    /// <summary>The address with an example in each of its parts, or what <paramref name="given"/> says instead.</summary>
    public string Address(IReadOnlyDictionary<string, string>? given = null)
    {
        var required = Node["parameters"]!.AsArray()
            .Where(parameter => (string?)parameter!["in"] == "query" && (bool?)parameter["required"] == true)
            .Select(parameter => (string)parameter!["name"]! + "=x");
        return PathExamples.Aggregate(Route, (route, part) => route.Replace($"{{{part.Key}}}", given?.GetValueOrDefault(part.Key) ?? part.Value))
            + (required.Any() ? "?" + string.Join("&", required) : "");
    }
}
