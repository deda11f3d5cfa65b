using System.IO.Compression;
using Matching.Api.Board;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.Options;

namespace Matching.Api.Plumbing.Http;

/// <summary>
/// Answers are sent smaller to who can read them so: JSON, CSV, scripts and style sheets. Not streams of events, which would wait for the compressor. And not what
/// stands where somebody else may choose a part of it and measure how long the rest becomes (BREACH): pages of the board with the tokens of their forms, which a
/// browser signs in by itself, and answers that hold a secret.
/// </summary>
public sealed class Compression(IServiceProvider services, IOptions<ResponseCompressionOptions> options) : ResponseCompressionProvider(services, options)
{
    private static readonly string[] Types =
        ["application/json", Problem.ContentType, "text/csv", "text/css", "text/javascript", "application/javascript", "image/svg+xml"];

    public override bool ShouldCompressResponse(HttpContext context) => IsSafe(context) && base.ShouldCompressResponse(context);

    public static void AddTo(IServiceCollection services)
    {
        services.AddSingleton<IResponseCompressionProvider, Compression>();
        services.AddResponseCompression(options =>
        {
            // Over HTTPS too: what is not safe there is left out above.
            options.EnableForHttps = true;
            options.MimeTypes = Types;
        });
        services.Configure<BrotliCompressionProviderOptions>(brotli => brotli.Level = CompressionLevel.Fastest);
        services.Configure<GzipCompressionProviderOptions>(gzip => gzip.Level = CompressionLevel.Fastest);
    }

    private static bool IsSafe(HttpContext context) => context.Request.Path.StartsWithSegments(BoardPart.Prefix)
        ? context.Request.Path.StartsWithSegments(BoardPart.Prefix + "/assets")
        : context.GetEndpoint()?.Metadata.GetMetadata<Deed>() is null or { KeepsAnswer: true } or { FileTypes.Count: > 0 };
}
