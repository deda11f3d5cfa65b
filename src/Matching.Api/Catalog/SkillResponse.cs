using FluentValidation;
using Matching.Api.Plumbing.Http;

namespace Matching.Api.Catalog;

/// <summary>A skill, its name in the caller's language and in both.</summary>
/// <param name="CenterId">Null: common to all centers.</param>
/// <param name="ParentId">The broader skill; who has the narrower one has it too.</param>
public sealed record SkillResponse(
    Id Id, int Version, Id? CenterId, Id? ParentId, string Code, string Name, string NameZh, string NameEn, DateTimeOffset? RetiredAt) : IVersioned
{
    public static SkillResponse Of(Skill skill, bool english) => new(
        skill.Id, skill.Version, skill.CenterId, skill.ParentId, skill.Code, english ? skill.NameEn : skill.NameZh, skill.NameZh, skill.NameEn, skill.RetiredAt);
}

/// <summary>A qualification, its name in the caller's language and in both.</summary>
/// <param name="CenterId">Null: common to all centers.</param>
public sealed record QualificationResponse(
    Id Id, int Version, Id? CenterId, string Code, string Name, string NameZh, string NameEn, DateTimeOffset? RetiredAt) : IVersioned
{
    public static QualificationResponse Of(Qualification one, bool english) =>
        new(one.Id, one.Version, one.CenterId, one.Code, english ? one.NameEn : one.NameZh, one.NameZh, one.NameEn, one.RetiredAt);
}

/// <summary>Shapes that the catalog's requests share.</summary>
public static class CatalogShapes
{
    /// <summary>Small letters, digits and hyphens, at most 40: it goes into addresses and files.</summary>
    public static IRuleBuilderOptions<T, string> Code<T>(this IRuleBuilder<T, string> rule) => rule.NotEmpty().MaximumLength(40).Matches("^[a-z0-9][a-z0-9-]*$");

    public static IRuleBuilderOptions<T, string> CatalogName<T>(this IRuleBuilder<T, string> rule) => rule.NotEmpty().MaximumLength(60);
}
