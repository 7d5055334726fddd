using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using Resonance.Contracts.Notifications;
using Resonance.Engine.Workers;

namespace Resonance.Workflows.Notifications;

/// <summary>Hands a mail to the configured mail server.</summary>
/// <remarks>
/// SMTP knows no idempotency keys. When the server's answer is lost the mail is handed over again, with the same Message-ID: by it servers
/// and mail programs recognise that it is the same mail.
/// </remarks>
sealed class SendEmailWorker(WorkerEffects effects, SmtpOptions options, TimeProvider time)
    : RemoteActivityWorker<SendEmail, EmailSent>(effects)
{
    protected override async Task<WorkerResult<EmailSent>> CallAsync(SendEmail command, CancellationToken cancellationToken)
    {
        if (options is not { Host: { Length: > 0 } host, From: { Length: > 0 } from })
        {
            return WorkerResult.Refused(
                "email_not_configured",
                $"No mail server is configured. Set {SmtpOptions.Section}:Host and {SmtpOptions.Section}:From.");
        }

        if (!MailboxAddress.TryParse(command.Address, out var recipient) || recipient.Address != command.Address)
            return WorkerResult.Refused("invalid_address", "The recipient's address is no e-mail address.");
        var outcome = MessageTemplate.Render(command.Template, command.Data);
        if (outcome.Text is not { } text)
            return WorkerResult.Refused("invalid_template", outcome.Problem!);

        var sender = MailboxAddress.Parse(from);
        var messageId = MessageIdOf(command.IdempotencyKey, sender.Domain);
        using var mail = new MimeMessage([sender], [recipient], text.Subject, new TextPart("plain") { Text = text.Text })
        {
            Date = time.GetUtcNow(),
            MessageId = messageId,
        };
        // RFC 3834: nobody's out-of-office assistant answers to it.
        mail.Headers.Add(HeaderId.AutoSubmitted, "auto-generated");
        if (await HandOverAsync(mail, host, cancellationToken) is { } refusal)
            return refusal;
        return new EmailSent { WorkflowId = command.WorkflowId, IdempotencyKey = command.IdempotencyKey, MessageId = messageId };
    }

    /// <returns>Null when the server took it.</returns>
    async Task<WorkerRefusal?> HandOverAsync(MimeMessage mail, string host, CancellationToken cancellationToken)
    {
        using var client = new SmtpClient();
        // The network's time is the real one, whatever clock the process goes by.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(options.Timeout);
        try
        {
            await client.ConnectAsync(host, options.Port, Security(options.UseTls), patience.Token);
            if (options is { Username: { Length: > 0 } username, Password: { } password })
                await client.AuthenticateAsync(username, password, patience.Token);
            await client.SendAsync(mail, patience.Token);
        }
        catch (SmtpCommandException answer) when ((int)answer.StatusCode >= 500)
        {
            return WorkerResult.Refused("email_refused", Answered(answer));
        }
        catch (SmtpCommandException answer)
        {
            return WorkerResult.TryLater("smtp_busy", Answered(answer));
        }
        catch (NotSupportedException missing)
        {
            // No STARTTLS, or no addresses beyond ASCII: asking again does not teach the server.
            return WorkerResult.Refused("smtp_unsupported", $"The mail server cannot do it: {missing.Message}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return WorkerResult.TryLater(
                "smtp_timeout", $"The mail server did not take the mail within {options.Timeout.TotalSeconds:0.###} s.");
        }
        catch (Exception away) when (away is System.Net.Sockets.SocketException or IOException or ProtocolException
            or SslHandshakeException or AuthenticationException or TimeoutException)
        {
            return WorkerResult.TryLater("smtp_unavailable", $"The mail server at {host}:{options.Port} cannot be used: {away.Message}");
        }

        await SayGoodbyeAsync(client, patience.Token);
        return null;
    }

    /// <summary>The mail is the server's by now: a farewell that fails changes nothing.</summary>
    static async Task SayGoodbyeAsync(SmtpClient client, CancellationToken cancellationToken)
    {
        try
        {
            await client.DisconnectAsync(quit: true, cancellationToken);
        }
        catch (Exception ignored) when (ignored is IOException or ProtocolException or CommandException or OperationCanceledException)
        {
            // Disposing closes the connection.
        }
    }

    static string MessageIdOf(string idempotencyKey, string domain) =>
        $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(idempotencyKey)), 0, 16)}@{domain}";

    static string Answered(SmtpCommandException answer) => string.Create(
        CultureInfo.InvariantCulture, $"The mail server answered {(int)answer.StatusCode}: {answer.Message.ReplaceLineEndings(" ")}");

    static SecureSocketOptions Security(string useTls) => useTls switch
    {
        "none" => SecureSocketOptions.None,
        "on-connect" => SecureSocketOptions.SslOnConnect,
        _ => SecureSocketOptions.StartTls,
    };
}
