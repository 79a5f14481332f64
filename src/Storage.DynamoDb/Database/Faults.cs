using System.Net;
using Amazon.DynamoDBv2.Model;
using Amazon.Runtime;
using OrleansIot.Application;

namespace OrleansIot.Storage.DynamoDb.Database;

/// <summary>What the service's and the network's exceptions mean to us.</summary>
internal static class Faults
{
    private static readonly HashSet<string> TransientCodes = new(StringComparer.Ordinal)
    {
        "ProvisionedThroughputExceededException", "ProvisionedThroughputExceeded", "ThrottlingException", "Throttling", "ThrottlingError", "RequestLimitExceeded",
        "InternalServerError", "InternalServerErrorException", "ServiceUnavailable", "LimitExceededException", "TransactionConflictException", "TransactionConflict",
        "TransactionInProgressException", "RequestTimeout", "RequestTimeoutException",
    };

    /// <summary>Whether the same request may do better, or may even have been done without our hearing of it.</summary>
    public static bool IsTransient(Exception failure) => failure switch
    {
        TransactionCanceledException cancelled => IsTransient(cancelled.CancellationReasons),
        ConditionalCheckFailedException => false,
        AmazonServiceException answer => TransientCodes.Contains(answer.ErrorCode ?? "") || answer.StatusCode is >= HttpStatusCode.InternalServerError or 0,
        AmazonClientException => true,
        HttpRequestException or IOException or TimeoutException or OperationCanceledException => true,
        _ => false,
    };

    /// <summary>A condition that does not hold is an answer, not a fault.</summary>
    public static bool IsAnswer(Exception failure) => failure switch
    {
        ConditionalCheckFailedException => true,
        TransactionCanceledException cancelled => ConditionFailed(cancelled.CancellationReasons),
        _ => false,
    };

    public static StoreException ToStoreException(Exception failure, string what)
    {
        var transient = IsTransient(failure);
        var mend = failure switch
        {
            ResourceNotFoundException => $"; a table is missing: set {DynamoDbOptions.Section}:{nameof(DynamoDbOptions.CreateTables)} or create it",
            AmazonServiceException { ErrorCode: "AccessDeniedException" or "UnrecognizedClientException" or "InvalidSignatureException" or "MissingAuthenticationTokenException" } =>
                $"; see {DynamoDbOptions.Section}:{nameof(DynamoDbOptions.AccessKey)} or the role of this machine",
            _ when transient => "; it is tried again later",
            _ => "",
        };
        return new StoreException($"DynamoDB did not {what}: {failure.Message}{mend}", transient, failure);
    }

    // Where a condition failed, trying again is of no use, whatever else went wrong.
    private static bool IsTransient(List<CancellationReason>? reasons) =>
        !ConditionFailed(reasons) && reasons?.Any(reason => TransientCodes.Contains(reason.Code ?? "")) == true;

    private static bool ConditionFailed(List<CancellationReason>? reasons) => reasons?.Any(reason => reason.Code == DynamoDatabase.ConditionFailedCode) == true;
}
