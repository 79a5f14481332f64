using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace OrleansIot.Api.Http;

/// <summary>The body of a request as bytes, for readers that name every fault of a document instead of the first.</summary>
internal static class JsonBody
{
    /// <summary>Enough for a rule that names ten thousand devices at full length; everything else is far smaller.</summary>
    public const int MaxBytes = 2 * 1024 * 1024;

    public static async Task<ReadOnlyMemory<byte>> Read(HttpRequest request)
    {
        var body = new ArrayBufferWriter<byte>();
        while (true)
        {
            var read = await request.BodyReader.ReadAsync(request.HttpContext.RequestAborted);
            foreach (var segment in read.Buffer)
                body.Write(segment.Span);

            request.BodyReader.AdvanceTo(read.Buffer.End);
            if (body.WrittenCount > MaxBytes)
                throw new BadHttpRequestException("The body is too large.", StatusCodes.Status413PayloadTooLarge);

            if (read.IsCompleted)
                return body.WrittenMemory;
        }
    }
}
