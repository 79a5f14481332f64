using Microsoft.AspNetCore.Http;
using OrleansIot.Domain;
using OrleansIot.Domain.Shadows;

namespace OrleansIot.Api.Shadows;

/// <summary>Answers as AWS IoT refuses: its document, and the name of the error in the header that its SDKs read.</summary>
internal sealed class ThingShadowRefusal(ShadowFault fault, Instant at) : IResult, IStatusCodeHttpResult
{
    public int? StatusCode => fault.Status;

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = fault.Status;
        response.ContentType = "application/json";
        response.Headers["x-amzn-ErrorType"] = TypeOf(fault.Status);
        return response.Body.WriteAsync(ShadowMessages.Rejected(fault.Status, fault.Message, at, clientToken: null), httpContext.RequestAborted).AsTask();
    }

    private static string TypeOf(int status) => status switch
    {
        400 => "InvalidRequestException",
        401 => "UnauthorizedException",
        403 => "ForbiddenException",
        404 => "ResourceNotFoundException",
        409 => "ConflictException",
        413 => "RequestEntityTooLargeException",
        415 => "UnsupportedDocumentEncodingException",
        429 => "ThrottlingException",
        _ => "InternalFailureException",
    };
}
