using System.Runtime.CompilerServices;
using System.Text;
using CsvHelper;
using Microsoft.Net.Http.Headers;

namespace Matching.Api.Imports;

/// <summary>A CSV file, read as it arrives: UTF-8, or the charset that its content type names.</summary>
public sealed class CsvFile(Stream stream, Encoding encoding, long? length) : IRowFile
{
    public const string ContentType = "text/csv";

    /// <summary>The longest row, in bytes of UTF-8: a quote that nobody closed must not swallow the rest.</summary>
    public const int LongestRow = 64 * 1024;

    private static readonly CsvReaderOptions Options = new()
    {
        Separator = ',',
        HasHeader = false,
        TrackLineNumbers = true,
        MaxRecordSize = LongestRow,
        MalformedData = CsvMalformedDataHandling.Throw,
    };

    private readonly CountingStream _stream = new(stream);

    public long BytesRead => _stream.Count;

    public long? Length => length;

    /// <summary>Null when the charset is not known.</summary>
    public static CsvFile? Of(HttpRequest request)
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        try
        {
            var charset = MediaTypeHeaderValue.Parse(request.ContentType).Charset is { Length: > 0 } named ? named.Value!.Trim('"') : "utf-8";
            // gb2312 and gbk are the smaller brothers of gb18030.
            var name = charset.ToLowerInvariant() is "gb2312" or "gbk" ? "gb18030" : charset;
            return new CsvFile(request.Body, Encoding.GetEncoding(name, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback), request.ContentLength);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>The rows, the header first; empty lines are passed over. Throws <see cref="UnreadableFileException"/> where it stops being one.</summary>
    public async IAsyncEnumerable<FileRow> RowsAsync([EnumeratorCancellation] CancellationToken ct)
    {
        using var text = new StreamReader(_stream, encoding, detectEncodingFromByteOrderMarks: true, bufferSize: 64 * 1024, leaveOpen: true);
        using var reader = CsvReader.Create(text, Options, leaveOpen: true);
        while (true)
        {
            try
            {
                if (!await reader.ReadAsync(ct))
                {
                    yield break;
                }
            }
            catch (CsvFormatException problem)
            {
                throw new UnreadableFileException((int)Math.Max(problem.LineNumber, reader.LineNumber), Refusals.ImportNotCsv, problem);
            }
            catch (DecoderFallbackException problem)
            {
                throw new UnreadableFileException((int)reader.LineNumber, Refusals.ImportNotText, problem);
            }

            var cells = reader.Current.ToArray();
            if (cells.Any(cell => cell.Length > 0))
            {
                yield return new FileRow((int)reader.LineNumber, cells, []);
            }
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class CountingStream(Stream inner) : Stream
    {
        public long Count { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken ct = default)
        {
            var read = await inner.ReadAsync(buffer, ct);
            Count += read;
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
