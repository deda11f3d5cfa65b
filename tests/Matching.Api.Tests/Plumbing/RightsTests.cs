using System.Text.Json;
using System.Text.Json.Nodes;
using Matching.Accounts;
using Matching.Api.Plumbing.Http;
using Matching.Partners;

namespace Matching.Api.Tests.Plumbing;

/// <summary>Every operation of the API's description, called by everybody: nobody and each role at its own, its parent, a sibling and no site.</summary>
public class RightsTests
{
    private static readonly string[] StaffRoles = ["curator", "dispatcher", "siteAdmin", "centerAdmin"];

    private Service _service = null!;
    private World _world = null!;
    private List<Operation> _operations = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _service = await Service.StartAsync();
        _world = await World.CreateAsync(_service);
        _operations = Operation.All(JsonNode.Parse(await _service.AsNobody().GetStringAsync("/swagger/v1/swagger.json"))!)
            // The clock stands for the others.
            .Where(operation => operation.Name != nameof(Api.Development.SetClock))
            .ToList();
    }

    [OneTimeTearDown]
    public async Task Stop() => await _service.DisposeAsync();

    [Test]
    public async Task Nobody_is_asked_to_sign_in_wherever_a_right_is_named()
    {
        var nobody = _service.AsNobody();
        var wrong = new List<string>();
        foreach (var operation in _operations)
        {
            var answer = await CallAsync(nobody, operation);
            if (answer.Status >= 500 || (!operation.Roles.Contains("anyone") && (answer.Status, answer.Code) is not (401, "sign_in_needed")))
            {
                wrong.Add(Told(operation, "nobody", answer));
            }
        }

        Assert.That(wrong, Is.Empty);
    }

    [Test]
    public async Task Who_is_not_let_in_hears_how_to_ask_and_whether_it_was_the_token()
    {
        var nobody = await _service.AsNobody().ReadAsync("/me");
        using var stranger = _service.AsNobody();
        stranger.DefaultRequestHeaders.Authorization = new("Bearer", "not-one-of-ours");
        var wrong = await stranger.ReadAsync("/me");
        var door = await _service.AsNobody().PostAsync("/auth/tokens", new { grant = "password", username = "nobody.here", password = "not the right one" });
        var elsewhere = await _service.AsNobody().ReadAsync("/nothing-here");

        Assert.That((nobody.Code, nobody.Headers["WWW-Authenticate"]), Is.EqualTo(("sign_in_needed", "Bearer realm=\"matching\"")));
        Assert.That((wrong.Code, wrong.Headers["WWW-Authenticate"]), Is.EqualTo(("token_invalid", "Bearer realm=\"matching\", error=\"invalid_token\"")));
        Assert.That((door.Code, door.Headers["WWW-Authenticate"]), Is.EqualTo(("password_wrong", "Bearer realm=\"matching\"")));
        Assert.That(elsewhere.Headers.Keys, Does.Not.Contain("WWW-Authenticate"));
    }

    [Test]
    public async Task A_role_that_is_not_named_is_refused_and_one_that_is_gets_nothing_foreign([Values] Role role)
    {
        var word = JsonNamingPolicy.CamelCase.ConvertName(role.ToString());
        var wrong = new List<string>();
        foreach (var (where, site) in new[] { ("its own", _world.NorthStation), ("its parent", _world.NorthInstitute), ("a sibling", _world.SouthStation), ("no site", null) })
        {
            var client = _service.As(await _world.HatAsync(role, site));
            foreach (var operation in _operations)
            {
                var answer = await CallAsync(client, operation);
                var named = operation.Roles.Contains(word) || operation.Roles.Contains("account") || operation.Roles.Contains("anyone");
                var right = named
                    ? answer.Status < 500 && answer.Code is not ("sign_in_needed" or "token_invalid" or "role_not_allowed")
                    : (answer.Status, answer.Code) is (403, "role_not_allowed");
                // What was made up belongs to nobody, so nobody is told more than no.
                if (!right || (operation.Ids.Any() && answer.Status < 400))
                {
                    wrong.Add(Told(operation, $"{word} at {where}", answer));
                }

                // Whoever was signed out or forgotten comes back as somebody new.
                if (operation.Name is nameof(Api.Accounts.SignOut) or nameof(Api.Accounts.ForgetMe))
                {
                    client = _service.As(await _world.HatAsync(role, site));
                }
            }
        }

        Assert.That(wrong, Is.Empty);
    }

    [Test]
    public async Task A_partner_with_every_scope_gets_in_only_where_a_deed_names_one()
    {
        var made = (await _service.As(await _world.HatAsync(Role.CenterAdmin, _world.Center)).PostAsync("/partners", new
        {
            name = "问遍每个地址的平台",
            siteIds = new[] { _world.Center.Id.ToString() },
            scopes = Enum.GetValues<PartnerScope>().Select(scope => JsonNamingPolicy.CamelCase.ConvertName(scope.ToString())),
        })).Yes();
        using var partner = _service.AsNobody();
        partner.DefaultRequestHeaders.Authorization = new("Bearer", (string)made["key"]!);
        var wrong = new List<string>();
        foreach (var operation in _operations.Where(operation => !operation.Roles.Contains("anyone")))
        {
            var answer = await CallAsync(partner, operation);
            var named = Deeds.All.Single(deed => deed.Name == operation.Name).PartnerScope is not null;
            if (answer.Status >= 500 || named == ((answer.Status, answer.Code) is (403, "role_not_allowed")) || answer.Status == 401)
            {
                wrong.Add(Told(operation, "a partner", answer));
            }
        }

        Assert.That(wrong, Is.Empty);
    }

    [Test]
    public async Task Staff_of_one_subtree_get_nothing_at_a_site_of_another()
    {
        var wrong = new List<string>();
        foreach (var role in new[] { Role.Curator, Role.Dispatcher, Role.SiteAdmin })
        {
            var client = _service.As(await _world.HatAsync(role, _world.NorthStation));
            foreach (var operation in _operations.Where(operation => operation.Roles.TrueForAll(StaffRoles.Contains) && operation.Ids.Any()))
            {
                var south = operation.Ids.Where(name => operation.PathExamples[name].StartsWith("sit_", StringComparison.Ordinal))
                    .ToDictionary(name => name, _ => _world.SouthStation.Id.ToString());
                var answer = await CallAsync(client, operation, south);
                if (answer.Status is < 400 or >= 500)
                {
                    wrong.Add(Told(operation, $"{role} of the north", answer));
                }
            }
        }

        Assert.That(wrong, Is.Empty);
    }

    [Test]
    public void A_deed_without_a_right_stops_the_start() =>
        Assert.That(() => Deeds.Check(Deeds.Describe(typeof(OpenByOversight))), Throws.InvalidOperationException.With.Message.Contains(nameof(OpenByOversight)));

    [Test]
    public void A_deed_without_an_address_stops_the_start() =>
        Assert.That(() => Deeds.Check(Deeds.Describe(typeof(Nowhere))), Throws.InvalidOperationException.With.Message.Contains(nameof(Nowhere)));

    private static Task<Answer> CallAsync(HttpClient client, Operation operation, IReadOnlyDictionary<string, string>? given = null) => client.AskAsync(
        HttpMethod.Parse(operation.Verb), operation.Address(given)["/api/v1".Length..], operation.Body ?? (operation.Verb is "GET" or "DELETE" ? null : new JsonObject()),
        ifMatch: operation.NeedsIfMatch ? 1 : null);

    private static string Told(Operation operation, string who, Answer answer) =>
        $"{operation.Name} ({operation.Verb} {operation.Route}) said {answer.Status} {answer.Code} to {who}: {answer.Text[..Math.Min(300, answer.Text.Length)]}";

    private sealed record Empty;

    /// <summary>The deliberate offender: it says where it is and not who may do it.</summary>
    private sealed class OpenByOversight : Endpoint<Empty, Done>
    {
        public override void Configure() => Get("/open");

        protected override Task<Outcome<Done>> RunAsync(Empty request, CancellationToken ct) => throw new NotSupportedException();
    }

    /// <summary>The deliberate offender: it says who may do it and not where it is.</summary>
    private sealed class Nowhere : Endpoint<Empty, Done>
    {
        public override void Configure() => AllowAnyone();

        protected override Task<Outcome<Done>> RunAsync(Empty request, CancellationToken ct) => throw new NotSupportedException();
    }
}
