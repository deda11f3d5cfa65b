using System.Collections.Concurrent;
using Matching.Api.Plumbing.Docs;
using Matching.Api.Plumbing.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Matching.Api.Tests;

/// <summary>
/// Stands before the service of every test and holds each no that it answers against the codes that the deed declares: the test that met another one fails where
/// it asks (<see cref="Asking"/>), and the run at its end.
/// </summary>
[SetUpFixture]
public sealed class Declared
{
    /// <summary>The header in which a test hears of a code that was not declared.</summary>
    public const string Header = "Undeclared-Refusal";

    private static readonly ConcurrentDictionary<string, byte> Found = new();

    private static readonly Lazy<ILookup<string, string>> Codes = new(() =>
    {
        var rules = new ShapeRules(typeof(ShapeRules).Assembly);
        return Deeds.All
            .SelectMany(deed => SharedRefusals.AllOf(deed, rules).Select(refusal => (deed.Name, refusal.Code)))
            .ToLookup(declared => declared.Name, declared => declared.Code);
    });

    [OneTimeTearDown]
    public void End() => Assert.That(Found.Keys.Order(), Is.Empty, "Answered, and not in Refuses(…)");

    /// <summary>Codes of a problem that a deed does not declare.</summary>
    internal static IEnumerable<string> Missing(Deed deed, Problem problem) =>
        (problem.Errors ?? []).Select(error => error.Code).Append(problem.Code).Distinct().Except(Codes.Value[deed.Name]);

    /// <summary>The stand before the service.</summary>
    internal sealed class Filter : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((HttpContext context, RequestDelegate deed) =>
            {
                context.Response.OnStarting(() =>
                {
                    if (context.Items[Problem.Item] is Problem problem && context.GetEndpoint()?.Metadata.GetMetadata<Deed>() is { } asked)
                    {
                        foreach (var code in Missing(asked, problem))
                        {
                            Found.TryAdd($"{asked.Name}: {code}", 0);
                            context.Response.Headers.Append(Header, $"{asked.Name}: {code}");
                        }
                    }

                    return Task.CompletedTask;
                });
                return deed(context);
            });
            next(app);
        };
    }
}
