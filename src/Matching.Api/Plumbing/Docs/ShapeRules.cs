using System.Globalization;
using System.Reflection;
using System.Text.Json;
using FluentValidation;
using FluentValidation.Internal;
using FluentValidation.Results;
using FluentValidation.Validators;
using Matching.Api.Plumbing.Http;
using Microsoft.OpenApi;

namespace Matching.Api.Plumbing.Docs;

/// <summary>What the validators ask, as limits in the schemas and as the refusals that a request can meet.</summary>
public sealed class ShapeRules
{
    private readonly Dictionary<Type, List<Check>> _checks = new();

    public ShapeRules(Assembly assembly)
    {
        foreach (var found in AssemblyScanner.FindValidatorsInAssembly(assembly))
        {
            // A validator asks nobody, so it needs nobody to be made.
            if (found.ValidatorType.GetConstructor([]) is not null)
            {
                var request = found.InterfaceType.GetGenericArguments()[0];
                _checks[request] = Read((IValidator)Activator.CreateInstance(found.ValidatorType)!).ToList();
            }
        }
    }

    /// <summary>Every way in which a request's shape can be refused.</summary>
    public IEnumerable<Refusal> Of(Type request) => ChecksOf(request).Select(check => check.Refusal);

    /// <summary>True where the validator asks for a value that the type itself would leave out.</summary>
    public bool Requires(Type request, string property) =>
        ChecksOf(request).Any(check => check.Property == property && check is { Conditional: false, Item: false, Validator: INotEmptyValidator or INotNullValidator });

    /// <summary>Writes the limits of a property into its schema.</summary>
    public void Limit(Type request, string property, OpenApiSchema schema)
    {
        foreach (var check in ChecksOf(request).Where(check => check.Property == property))
        {
            var target = check.Item ? schema.Items as OpenApiSchema : schema;
            if (target is not null)
            {
                Limit(target, check.Validator);
            }
        }
    }

    private static void Limit(OpenApiSchema schema, IPropertyValidator validator)
    {
        var isText = schema.Type is { } type && type.HasFlag(JsonSchemaType.String);
        var isList = schema.Type is { } listType && listType.HasFlag(JsonSchemaType.Array);
        switch (validator)
        {
            case ILengthValidator length when isText:
                schema.MinLength = length.Min > 0 ? length.Min : schema.MinLength;
                schema.MaxLength = length.Max > 0 ? length.Max : schema.MaxLength;
                break;
            case INotEmptyValidator when isText && schema.Format is null && schema.Pattern is null:
                schema.MinLength ??= 1;
                break;
            case INotEmptyValidator when isList:
                schema.MinItems ??= 1;
                break;
            case IBetweenValidator { Name: "InclusiveBetweenValidator" } between:
                (schema.Minimum, schema.Maximum) = (Number(between.From), Number(between.To));
                break;
            case IBetweenValidator between:
                (schema.ExclusiveMinimum, schema.ExclusiveMaximum) = (Number(between.From), Number(between.To));
                break;
            case IComparisonValidator { ValueToCompare: { } value } comparison when Number(value) is { } number:
                switch (comparison.Comparison)
                {
                    case Comparison.GreaterThan: schema.ExclusiveMinimum = number; break;
                    case Comparison.GreaterThanOrEqual: schema.Minimum = number; break;
                    case Comparison.LessThan: schema.ExclusiveMaximum = number; break;
                    case Comparison.LessThanOrEqual: schema.Maximum = number; break;
                }

                break;
            case IRegularExpressionValidator pattern when isText:
                schema.Pattern = pattern.Expression;
                break;
        }
    }

    private static string? Number(object value) =>
        value is sbyte or byte or short or int or long or float or double or decimal ? Convert.ToString(value, CultureInfo.InvariantCulture) : null;

    private List<Check> ChecksOf(Type request) => _checks.GetValueOrDefault(request) ?? [];

    private static IEnumerable<Check> Read(IValidator validator)
    {
        foreach (var rule in validator.CreateDescriptor().Rules)
        {
            var item = rule.GetType().GetInterfaces().Any(face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(ICollectionRule<,>));
            foreach (var component in rule.Components)
            {
                if (component.Validator is IChildValidatorAdaptor { ValidatorType: { } child } && child.GetConstructor([]) is not null)
                {
                    foreach (var inner in Read((IValidator)Activator.CreateInstance(child)!))
                    {
                        // Its limits stand in the schema of its own type; here only the ways of saying no count.
                        yield return inner with { Property = "" };
                    }

                    continue;
                }

                var code = component.ErrorCode is { Length: > 0 } own ? own : component.Validator.Name;
                var refusal = Shapes.ToRefusal(new ValidationFailure(rule.PropertyName ?? "", "") { ErrorCode = code });
                yield return new Check(rule.PropertyName ?? "", item, component.HasCondition || rule.HasCondition, component.Validator, refusal with { Field = null });
            }
        }
    }

    private sealed record Check(string Property, bool Item, bool Conditional, IPropertyValidator Validator, Refusal Refusal);
}
