using System.Collections;
using System.Reflection;
using System.Text.RegularExpressions;
using FluentValidation;
using FluentValidation.Validators;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;

namespace Matching.SqlTests;

/// <summary>
/// SQLite keeps a text of any length, SQL Server refuses one that is too long for its column: what a validator lets in must fit. Lengths are UTF-16 units.
/// </summary>
public sealed partial class LengthTests
{
    // The vault's nonce and tag, and the id of its key with a dot, at their longest.
    private const int SealBytes = 28;
    private const int KeyIdLength = 16;

    /// <summary>Tables that a feature writes; a text goes to all columns of its name there, or, where there is none, to all columns of its name.</summary>
    private static readonly Dictionary<string, string[]> Writes = new()
    {
        ["Accounts"] = ["accounts"],
        ["Assignments"] = ["assignments"],
        ["Catalog"] = ["skills", "qualifications", "menu_items"],
        ["Emergency"] = ["mode_activations"],
        ["Hours"] = ["hours_entries", "hours_approvals"],
        ["Offers"] = ["offers"],
        ["Orders"] = ["orders"],
        ["Partners"] = ["partners", "partner_residents", "residents", "wishes"],
        ["Ratings"] = ["ratings"],
        ["Residents"] = ["residents"],
        ["Service"] = ["disputes", "orders", "transitions"],
        ["Sites"] = ["sites", "policies", "transitions"],
        ["Teams"] = ["teams"],
        ["Volunteers"] = ["volunteers", "volunteer_qualifications", "volunteer_places", "transitions"],
        ["Webhooks"] = ["webhooks"],
        ["Wishes"] = ["wishes", "meetings"],
    };

    /// <summary>Texts that a length does not bound or that go into no column as they come, by their full name or their last, and what becomes of them.</summary>
    private static readonly Dictionary<string, string> Otherwise = new()
    {
        ["Phone"] = "read as a number of at most 15 digits",
        ["ResponsiblePhone"] = "read as a number of at most 15 digits",
        ["IdNumber"] = "read as 18 letters",
        ["Label"] = "asked place by place, 40 at most",
        ["Languages"] = "asked together, as they are joined",
        ["Password"] = "kept as a hash",
        ["ChangeMyPasswordRequest.Current"] = "kept as a hash",
        ["CreateAccountRequest.Username"] = "asked by Credentials.IsUsername",
        ["RefreshToken"] = "kept as a hash",
        ["WeChatCode"] = "shown to WeChat and not kept",
        ["WeChatPhoneCode"] = "shown to WeChat and not kept",
        ["AllowMessagesRequest.Topics"] = "topics that stand in the settings",
        ["CreateSiteRequest.TimeZone"] = "a name that the machine knows; the longest has 32 letters",
        ["CreateWebhookRequest.Types"] = "names of events that there are; all of them together have some 450 letters",
        ["ChangeWebhookRequest.Types"] = "the same",
        ["ReferWishRequest.To"] = "one of three numbers",
    };

    // Not those that hold words of ours; why an order climbed is one of ours, too.
    private static readonly Dictionary<string, int> Columns = Schema.Verifier.Columns()
        .Where(column => column.Type.StartsWith("NVARCHAR(", StringComparison.Ordinal) && !StatusWords.Enums.ContainsKey($"{column.Table}.{column.Column}"))
        .Where(column => (column.Table, column.Column) != ("escalations", "reason"))
        .ToDictionary(column => $"{column.Table}.{column.Column}", column => column.Type == "NVARCHAR(MAX)" ? int.MaxValue : int.Parse(column.Type[9..^1]));

    [Test]
    public void What_a_request_may_bring_fits_its_column() =>
        None(Texts().SelectMany(Problem));

    [Test]
    public void Every_word_of_an_enum_fits_its_column() => None(
        from column in Schema.Verifier.Columns()
        where StatusWords.Enums.ContainsKey($"{column.Table}.{column.Column}")
        let longest = Enum.GetNames(StatusWords.Enums[$"{column.Table}.{column.Column}"]).MaxBy(word => word.Length)!
        where longest.Length > int.Parse(column.Type[9..^1])
        select $"{column.Table}.{column.Column} is {column.Type}, too short for {longest}.");

    [Test]
    public void Every_exception_is_still_needed()
    {
        var names = Texts().SelectMany(text => new[] { text.Name, text.Property });
        Assert.That(Otherwise.Keys.Except(names), Is.Empty);
    }

    [TestCase(typeof(TooLong), "name")]
    [TestCase(typeof(WithoutLimit), "says no longest length")]
    [TestCase(typeof(Nowhere), "no column")]
    [TestCase(typeof(SealedTooLong), "address_sealed")]
    [TestCase(typeof(WithPart), "WithPart.Part.Name")]
    public void A_text_that_may_not_fit_is_found(Type request, string saying) =>
        Assert.That(string.Join('\n', TextsOf(request).SelectMany(Problem)), Does.Contain(saying));

    /// <summary>What comes in bodies; what stands in an address names something that is there or not.</summary>
    private static IEnumerable<Text> Texts() =>
        from deed in Deeds.All
        where deed.HasBody && !deed.DevelopmentOnly
        from text in TextsOf(deed.Request)
        where !deed.Route.Contains($"{{{text.Property}}}", StringComparison.OrdinalIgnoreCase)
        select text;

    private static IEnumerable<string> Problem(Text text)
    {
        if (Otherwise.ContainsKey(text.Name) || Otherwise.ContainsKey(text.Property))
        {
            yield break;
        }

        if (text.Longest is not { } longest)
        {
            yield return $"{text.Name}: its validator says no longest length; add one, or say in LengthTests.Otherwise what bounds it.";
            yield break;
        }

        var columns = ColumnsFor(text);
        if (columns.Count == 0)
        {
            yield return $"{text.Name}: no column is called so; say in LengthTests.Otherwise what becomes of it.";
        }

        foreach (var column in columns)
        {
            var needed = column.EndsWith("_sealed", StringComparison.Ordinal) ? Sealed(longest) : longest;
            if (needed > Columns[column])
            {
                yield return $"{text.Name} may be {longest} long; {column} would have to take {needed} and takes {Columns[column]}.";
            }
        }
    }

    private static IReadOnlyList<string> ColumnsFor(Text text)
    {
        var name = Hump().Replace(text.Property, "_$1").ToLowerInvariant();
        var all = Columns.Keys.Where(column => column.Split('.')[1] == name || column.Split('.')[1] == name + "_sealed").ToList();
        var near = all.FindAll(column => Writes.GetValueOrDefault(text.Feature, []).Contains(column.Split('.')[0]));
        return near.Count > 0 ? near : all;
    }

    // Three bytes of UTF-8 a unit at most, sealed, in base64.
    private static int Sealed(int length) => KeyIdLength + 1 + ((SealBytes + (3 * length) + 2) / 3 * 4);

    /// <summary>Every text in a request, also in its parts and in the items of its lists, with the longest length that its validators let through.</summary>
    private static IEnumerable<Text> TextsOf(Type request) => TextsOf(request, request.Name, request.Namespace!.Split('.')[^1], [.. Limits(request)]);

    private static IEnumerable<Text> TextsOf(Type type, string name, string feature, IReadOnlyList<(string Path, int Longest)> limits)
    {
        foreach (var property in type.GetProperties(BindingFlags.Instance | BindingFlags.Public))
        {
            var item = property.PropertyType != typeof(string) && property.PropertyType.IsAssignableTo(typeof(IEnumerable)) && property.PropertyType.IsGenericType
                ? property.PropertyType.GetGenericArguments()[^1]
                : property.PropertyType;
            if (item == typeof(string))
            {
                var longest = limits.Where(limit => limit.Path == property.Name).Select(limit => (int?)limit.Longest).Min();
                yield return new Text($"{name}.{property.Name}", property.Name, feature, longest);
            }
            else if (IsOurs(item) && item != type)
            {
                var within = property.Name + ".";
                var inner = limits
                    .Where(limit => limit.Path.StartsWith(within, StringComparison.Ordinal))
                    .Select(limit => (limit.Path[within.Length..], limit.Longest));
                foreach (var text in TextsOf(item, $"{name}.{property.Name}", feature, [.. inner, .. Limits(item)]))
                {
                    yield return text;
                }
            }
        }
    }

    private static bool IsOurs(Type type) => type.IsClass && (type.Assembly == typeof(Deeds).Assembly || type.Assembly == typeof(LengthTests).Assembly);

    private static IEnumerable<(string Path, int Longest)> Limits(Type type)
    {
        var validators = typeof(Deeds).Assembly.GetTypes().Concat(typeof(LengthTests).GetNestedTypes(BindingFlags.NonPublic))
            .Where(each => !each.IsAbstract && each.IsAssignableTo(typeof(IValidator<>).MakeGenericType(type)) && each.GetConstructor([]) is not null);
        return validators.SelectMany(validator => LimitsOf((IValidator)Activator.CreateInstance(validator)!));
    }

    private static IEnumerable<(string Path, int Longest)> LimitsOf(IValidator validator)
    {
        foreach (var rule in validator.CreateDescriptor().Rules)
        {
            foreach (var check in rule.Components.Select(component => component.Validator))
            {
                if (check is ILengthValidator { Max: > 0 } length)
                {
                    yield return (rule.PropertyName, length.Max);
                }
                else if (check is IChildValidatorAdaptor child)
                {
                    foreach (var (path, longest) in LimitsOf((IValidator)Activator.CreateInstance(child.ValidatorType)!))
                    {
                        yield return ($"{rule.PropertyName}.{path}", longest);
                    }
                }
            }
        }
    }

    [GeneratedRegex("(?<!^)([A-Z])")]
    private static partial Regex Hump();

    /// <param name="Name">As in <c>RejectWishRequest.Reason</c>.</param>
    /// <param name="Feature">The folder of the request.</param>
    /// <param name="Longest">Null where no length bounds it.</param>
    private sealed record Text(string Name, string Property, string Feature, int? Longest);

    private sealed record TooLong(string Name);

    private sealed class TooLongValidator : AbstractValidator<TooLong>
    {
        public TooLongValidator() => RuleFor(r => r.Name).MaximumLength(5_000);
    }

    private sealed record WithoutLimit(string Name);

    private sealed class WithoutLimitValidator : AbstractValidator<WithoutLimit>
    {
        public WithoutLimitValidator() => RuleFor(r => r.Name).NotEmpty();
    }

    private sealed record Nowhere(string Weather);

    private sealed class NowhereValidator : AbstractValidator<Nowhere>
    {
        public NowhereValidator() => RuleFor(r => r.Weather).MaximumLength(1);
    }

    private sealed record SealedTooLong(string Address);

    private sealed class SealedTooLongValidator : AbstractValidator<SealedTooLong>
    {
        public SealedTooLongValidator() => RuleFor(r => r.Address).MaximumLength(1_600);
    }

    private sealed record WithPart(TooLong Part);

    private sealed class WithPartValidator : AbstractValidator<WithPart>
    {
        public WithPartValidator() => RuleFor(r => r.Part).SetValidator(new TooLongValidator());
    }
}
