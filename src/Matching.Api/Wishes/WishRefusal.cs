using Matching.Api.Plumbing.Http;

namespace Matching.Api.Wishes;

/// <summary>Why one of several wishes was refused.</summary>
/// <param name="Code">The same codes as where a wish is submitted by itself.</param>
/// <param name="Field">The field of the wish, if it is about one.</param>
/// <param name="Detail">The sentence in the language that was asked for.</param>
/// <param name="Zh">In Chinese.</param>
/// <param name="En">In English.</param>
public sealed record WishRefusal(string Code, string? Field, string Detail, string Zh, string En)
{
    public static WishRefusal Of(Refusal refusal, HttpRequest request) =>
        new(refusal.Code, refusal.Field, Languages.Of(request).Of(refusal), refusal.Zh, refusal.En);
}
