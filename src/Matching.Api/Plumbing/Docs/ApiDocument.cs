using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Matching.Accounts;
using Matching.Api.Plumbing.Http;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.Swagger;

namespace Matching.Api.Plumbing.Docs;

/// <summary>
/// The API as OpenAPI 3.1, made from what the deeds say about themselves: <see cref="Deed"/>, the records, their validators and their sentences. It asks
/// no host of endpoints, so it comes out the same in both package sets, and there is no list to keep.
/// </summary>
/// <param name="deeds">What is described.</param>
/// <param name="prefix">What every address begins with.</param>
/// <param name="home">The assembly of the deeds and their validators.</param>
public sealed class ApiDocument(IReadOnlyList<Deed> deeds, string prefix, Assembly home) : ISwaggerProvider
{
    public const string Name = "v1";

    private readonly XmlDocs _docs = new(home, typeof(ApiDocument).Assembly, typeof(Refusal).Assembly);
    private readonly ShapeRules _rules = new(home);

    public ApiDocument(IReadOnlyList<Deed> deeds, string prefix)
        : this(deeds, prefix, typeof(ApiDocument).Assembly)
    {
    }

    public OpenApiDocument GetSwagger(string documentName, string? host = null, string? basePath = null) =>
        documentName == Name ? Make() : throw new UnknownSwaggerDocument(documentName, [Name]);

    /// <summary>As text, the way it lies in api-docs.</summary>
    public async Task<string> WriteAsync() => await Make().SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1) + "\n";

    private OpenApiDocument Make()
    {
        var document = new OpenApiDocument
        {
            Info = new OpenApiInfo
            {
                Title = "Matching 点单派单",
                Version = Name,
                Description = "Order and dispatch for community volunteering. 点单 → 制单 → 派单 → 接单 → 服务 → 评单 → 办结.",
            },
            Servers = [new OpenApiServer { Url = "/" }],
            Paths = new OpenApiPaths(),
            Tags = new SortedSet<OpenApiTag>(deeds.Select(deed => deed.Feature).Distinct().Select(feature => new OpenApiTag { Name = feature }), ByName),
            Components = new OpenApiComponents
            {
                SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
                {
                    ["bearer"] = new OpenApiSecurityScheme
                    {
                        Type = SecuritySchemeType.Http, Scheme = "bearer", BearerFormat = "JWT", Description = "The access token that POST /auth/tokens answers; it names one hat.",
                    },
                    ["partnerKey"] = new OpenApiSecurityScheme
                    {
                        Type = SecuritySchemeType.Http, Scheme = "bearer", BearerFormat = "mtp_…", Description = "The key of a partner, as POST /partners answered it once.",
                    },
                },
                Responses = new SortedDictionary<string, IOpenApiResponse>(StringComparer.Ordinal),
                Examples = new SortedDictionary<string, IOpenApiExample>(StringComparer.Ordinal),
            },
        };
        var schemas = new Schemas(document, _docs, _rules);
        foreach (var deed in deeds)
        {
            schemas.Sends(deed.Request);
        }

        foreach (var deed in deeds.OrderBy(deed => deed.Route, StringComparer.Ordinal).ThenBy(deed => deed.Verb, StringComparer.Ordinal))
        {
            var route = prefix + deed.Route;
            if (!document.Paths.TryGetValue(route, out var path))
            {
                document.Paths[route] = path = new OpenApiPathItem();
            }

            ((OpenApiPathItem)path).AddOperation(HttpMethod.Parse(deed.Verb), Describe(deed, document, schemas));
        }

        return document;
    }

    private static Comparer<OpenApiTag> ByName => Comparer<OpenApiTag>.Create((a, b) => string.CompareOrdinal(a.Name, b.Name));

    private OpenApiOperation Describe(Deed deed, OpenApiDocument document, Schemas schemas)
    {
        var refusals = SharedRefusals.AllOf(deed, _rules);
        var operation = new OpenApiOperation
        {
            OperationId = deed.Name,
            Summary = _docs.Of(deed.Type) ?? throw new InvalidOperationException($"{deed.Type.FullName} has no summary: nobody would know what it does."),
            Description = Description(deed),
            Tags = new HashSet<OpenApiTagReference> { new(deed.Feature, document) },
            Parameters = Parameters(deed, schemas).ToList(),
            RequestBody = Body(deed, schemas),
            Responses = new OpenApiResponses { [deed.SuccessStatus.ToString()] = Yes(deed, schemas) },
            Security = [.. Schemes(deed).Select(scheme => new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(scheme, document)] = [] })],
            Extensions = new Dictionary<string, IOpenApiExtension>
            {
                ["x-roles"] = new JsonNodeExtension(new JsonArray([.. RolesOf(deed).Select(role => (JsonNode)role)])),
                ["x-refusals"] = new JsonNodeExtension(new JsonArray([.. refusals.Select(refusal => (JsonNode)refusal.Code)])),
            },
        };
        if (deed.PartnerScope is { } scope)
        {
            operation.Extensions["x-partner-scope"] = new JsonNodeExtension(JsonValue.Create(Word(scope)));
        }

        if (deed.DevelopmentOnly)
        {
            operation.Extensions["x-development-only"] = new JsonNodeExtension(JsonValue.Create(true));
        }

        if (deed.Verb == "GET" && deed.Response.IsAssignableTo(typeof(IVersioned)))
        {
            operation.Responses["304"] = new OpenApiResponse { Description = "It is still the version of If-None-Match." };
        }

        foreach (var status in refusals.GroupBy(refusal => Problem.StatusOf(refusal.Kind)))
        {
            operation.Responses[status.Key.ToString()] = No([.. status], document, schemas);
        }

        return operation;
    }

    // Whoever sends nothing may ask where anyone may.
    private static IEnumerable<string> Schemes(Deed deed)
    {
        if (deed is { Anyone: false } and ({ AnyAccount: true } or { Roles.Count: > 0 }))
        {
            yield return "bearer";
        }

        if (deed is { Anyone: false, PartnerScope: not null })
        {
            yield return "partnerKey";
        }
    }

    private static IEnumerable<string> RolesOf(Deed deed) => deed switch
    {
        { Anyone: true } => ["anyone"],
        { AnyAccount: true } => ["account"],
        { Roles.Count: 0 } => ["partner"],
        _ => deed.Roles.Select(role => Word(role)),
    };

    private static string Word(Enum value) => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    private static string Description(Deed deed)
    {
        var who = deed switch
        {
            { Anyone: true } => "For anyone, signed in or not.",
            { AnyAccount: true } => "For any signed-in account, whatever its hat.",
            { Roles.Count: 0 } => "For partners.",
            _ => $"For: {string.Join(", ", RolesOf(deed))}.",
        };
        who += deed.PartnerScope is { } scope ? $" Partners need the scope {Word(scope)}." : "";
        return deed.DevelopmentOnly ? who + " In Development only." : who;
    }

    private static IEnumerable<IOpenApiParameter> Parameters(Deed deed, Schemas schemas)
    {
        foreach (var property in Wire.Json.GetTypeInfo(deed.Request).Properties)
        {
            if (InRoute(deed, property.Name))
            {
                yield return schemas.Parameter(deed.Request, property, ParameterLocation.Path);
            }
            else if (!deed.HasBody)
            {
                yield return schemas.Parameter(deed.Request, property, ParameterLocation.Query);
            }
        }

        if (deed is { Verb: "POST", KeepsAnswer: true })
        {
            yield return Header("Idempotency-Key", required: false, "The same key and body: the same answer and one effect, for 24 hours.", "0c1f7a52-5f1e-4f0e-9d35-1c2b6f1f9a77",
                new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = 200, Pattern = "^[!-~]+$" });
        }

        if (deed.NeedsIfMatch)
        {
            yield return Header("If-Match", required: true, "The ETag of the version that was read.", "\"v1\"", Version());
        }

        if (deed.Verb == "GET" && deed.Response.IsAssignableTo(typeof(IVersioned)))
        {
            yield return Header("If-None-Match", required: false, "An ETag: answered with 304 while it holds.", "\"v1\"", Version());
        }

        yield return Header("Accept-Language", required: false, "The language of sentences, names and labels: zh-CN (default), en, or a further one that GET /labels lists.", "zh-CN", new OpenApiSchema { Type = JsonSchemaType.String });
    }

    private static bool InRoute(Deed deed, string name) => deed.Route.Contains($"{{{name}}}", StringComparison.Ordinal);

    private static OpenApiSchema Version() => new() { Type = JsonSchemaType.String, Pattern = "^\"v\\d+\"$" };

    private static OpenApiParameter Header(string name, bool required, string description, string example, OpenApiSchema schema) =>
        new() { Name = name, In = ParameterLocation.Header, Required = required, Description = description, Example = example, Schema = schema };

    private static bool IsText(string contentType) => contentType.StartsWith("text/", StringComparison.Ordinal);

    private static OpenApiRequestBody? Body(Deed deed, Schemas schemas)
    {
        if (deed.FileTypes.Count > 0)
        {
            return new OpenApiRequestBody
            {
                Required = true,
                Content = deed.FileTypes.ToDictionary(
                    type => type,
                    IOpenApiMediaType (type) => new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = IsText(type) ? null : "binary" } }),
            };
        }

        var names = Wire.Json.GetTypeInfo(deed.Request).Properties.Select(property => property.Name).ToList();
        if (!deed.HasBody || schemas.Body(deed.Request, [.. names.Where(name => InRoute(deed, name))]) is not { } schema)
        {
            return null;
        }

        var example = (JsonObject)Examples.Of(deed.Request)!;
        names.Where(name => InRoute(deed, name)).ToList().ForEach(name => example.Remove(name));
        return new OpenApiRequestBody
        {
            Required = schema.Required is { Count: > 0 },
            Content = new Dictionary<string, IOpenApiMediaType> { ["application/json"] = new OpenApiMediaType { Schema = schema, Example = example } },
        };
    }

    private OpenApiResponse Yes(Deed deed, Schemas schemas)
    {
        var response = new OpenApiResponse
        {
            Description = _docs.Of(deed.Response) ?? "Done.",
            Headers = deed.Response.IsAssignableTo(typeof(IVersioned))
                ? new Dictionary<string, IOpenApiHeader> { ["ETag"] = new OpenApiHeader { Description = "The version of what is shown; send it in If-Match.", Schema = Version() } }
                : null,
        };
        response.Content = deed.Response.IsAssignableTo(typeof(IWritesItself))
            ? new Dictionary<string, IOpenApiMediaType> { [ContentTypeOf(deed.Response)] = new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String } } }
            : new Dictionary<string, IOpenApiMediaType> { ["application/json"] = new OpenApiMediaType { Schema = schemas.Of(deed.Response), Example = Examples.Of(deed.Response) } };
        return response;
    }

    // A file's type is a constant of the answer's type.
    private static string ContentTypeOf(Type response) => ((IWritesItself)RuntimeHelpers.GetUninitializedObject(response)).ContentType.Split(';')[0];

    // Most deeds refuse in the same few ways: those stand in the document once.
    private static IOpenApiResponse No(IReadOnlyList<Refusal> refusals, OpenApiDocument document, Schemas schemas)
    {
        if (refusals.Count > 3)
        {
            return Refused(refusals, document, schemas);
        }

        var name = string.Join('.', refusals.Select(refusal => refusal.Code));
        if (!document.Components!.Responses!.ContainsKey(name))
        {
            document.Components.Responses[name] = Refused(refusals, document, schemas);
        }

        return new OpenApiResponseReference(name, document);
    }

    private static OpenApiResponse Refused(IReadOnlyList<Refusal> refusals, OpenApiDocument document, Schemas schemas)
    {
        foreach (var refusal in refusals)
        {
            document.Components!.Examples![refusal.Code] = new OpenApiExample { Summary = refusal.En, Value = ProblemOf(refusal) };
        }

        return new OpenApiResponse
        {
            Description = string.Join(", ", refusals.Select(refusal => refusal.Code)),
            Content = new Dictionary<string, IOpenApiMediaType>
            {
                [Problem.ContentType] = new OpenApiMediaType
                {
                    Schema = schemas.Of(typeof(Problem)),
                    Examples = refusals.ToDictionary(refusal => refusal.Code, IOpenApiExample (refusal) => new OpenApiExampleReference(refusal.Code, document)),
                },
            },
        };
    }

    private static JsonNode ProblemOf(Refusal refusal)
    {
        var status = Problem.StatusOf(refusal.Kind);
        return JsonSerializer.SerializeToNode(
            new Problem(
                "urn:matching:refusal:" + refusal.Code, Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status), status, refusal.Zh, refusal.Code,
                refusal.Field, null, "4bf92f3577b34da6a3ce929d0e0e4736"),
            Wire.Json)!;
    }
}
