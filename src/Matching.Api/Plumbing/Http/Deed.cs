using Matching.Accounts;
using Matching.Partners;

namespace Matching.Api.Plumbing.Http;

/// <summary>What a deed says about itself: where it is, who may do it, what it refuses. On every endpoint as metadata, in both package sets.</summary>
public sealed class Deed
{
    public Type Type { get; set; } = typeof(object);

    public Type Request { get; set; } = typeof(object);

    public Type Response { get; set; } = typeof(object);

    public string Verb { get; set; } = "";

    public string Route { get; set; } = "";

    public IReadOnlyList<Role> Roles { get; set; } = [];

    public bool Anyone { get; set; }

    /// <summary>Any account, with or without a hat.</summary>
    public bool AnyAccount { get; set; }

    /// <summary>The scope with which a partner may do it; null: no partner may, whatever else is allowed.</summary>
    public PartnerScope? PartnerScope { get; set; }

    public int SuccessStatus { get; set; } = StatusCodes.Status200OK;

    public List<Refusal> Refusals { get; } = [];

    /// <summary>The caller sends the ETag that it read in If-Match.</summary>
    public bool NeedsIfMatch { get; set; }

    /// <summary>False where an answer must never be kept: tokens, codes.</summary>
    public bool KeepsAnswer { get; set; } = true;

    /// <summary>Only in Development.</summary>
    public bool DevelopmentOnly { get; set; }

    /// <summary>The content types of the file that is the body, as in <c>text/csv</c>; none where the body is JSON. The deed reads it itself, as it comes.</summary>
    public IReadOnlyList<string> FileTypes { get; set; } = [];

    /// <summary>The largest body taken, in bytes; a file may have any length.</summary>
    public int BodyLimit { get; set; } = 256 * 1024;

    public string Name => Type.Name;

    /// <summary>The folder of the feature.</summary>
    public string Feature => Type.Namespace!.Split('.')[^1];

    public bool HasBody => Verb is "POST" or "PUT" or "PATCH";

    public bool NamesARight => Anyone || AnyAccount || Roles.Count > 0 || PartnerScope is not null;
}

/// <summary>A deed as the host of endpoints sees it.</summary>
public interface IDeed
{
    Deed Deed { get; }

    void Configure();

    /// <summary>The same deed for a page of ours: right, shape, deed, without a request and an answer of its own.</summary>
    Task<IOutcome> AskAsync(HttpContext context, Deed described, object request, CancellationToken ct);
}
