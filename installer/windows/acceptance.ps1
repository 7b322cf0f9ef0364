<#
.SYNOPSIS
Tries Writeback on this machine, from its installation to its removal: one JSON result.

.DESCRIPTION
Without -SettingsFile it tries what needs no domain: the MSI, its files and signatures, the
PowerShell module, the event log, a start under the service's own account, upgrade,
downgrade, repair and removal. With -SettingsFile it also applies that, verifies, resets
-TestUser, reconfigures, kills the service, and takes all of it back.

A machine that has, or had, Writeback is refused before anything is changed. A step that
needs one that failed is skipped; removal is always tried. The exit code is 0 where every
step is ok, else 1. Run it with Run as administrator, in Windows PowerShell 5.1 or 7.

Secrets come as one JSON object through the pipeline or standard input, by the names that
writeback --secrets-fd takes: admin_user, admin_password, enrolment_code, account_password,
proxy_password, service_password, and new_password for the test account. The result holds
none of them.

.PARAMETER Msi
The MSI that is installed, and gone back to after the upgrade.

.PARAMETER NewerMsi
One of a higher version, to upgrade to; without it there is no upgrade.

.PARAMETER SettingsFile
Settings to apply; without it no domain is touched.

.PARAMETER ChangedSettingsFile
Settings of the same agent with something changed, to reconfigure.

.PARAMETER TestUser
The sign-in name of a person in the scope whose password may be set.

.PARAMETER ServiceAccount
The account of the service, such as a gMSA; its own virtual account without it.

.PARAMETER ResultFile
Where the result is written.

.PARAMETER WaitSeconds
How long one change may take to be seen.

.EXAMPLE
.\acceptance.ps1 -Msi writeback-0.2.0.msi -NewerMsi writeback-0.2.1.msi

.EXAMPLE
Get-Content secrets.json | .\acceptance.ps1 -Msi writeback-0.2.0.msi -SettingsFile site.yaml -TestUser test@corp.example
#>
param(
    [string] $Msi,
    [string] $NewerMsi = '',
    [string] $SettingsFile = '',
    [string] $ChangedSettingsFile = '',
    [string] $TestUser = '',
    [string] $ServiceAccount = '',
    [string] $ResultFile = 'acceptance.json',
    [int] $WaitSeconds = 120
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$script:Service = 'WritebackAgent'
$script:Registry = 'HKLM:\SOFTWARE\Writeback'
$script:Source = 'HKLM:\SYSTEM\CurrentControlSet\Services\EventLog\Application\Writeback'
$script:Uninstall = 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall\*'
$script:Data = Join-Path -Path $env:ProgramData -ChildPath 'Writeback'
# an event that only carries a line of the log
$script:EventId = 40000
$script:Secrets = @{}
$script:Steps = New-Object -TypeName System.Collections.ArrayList
$script:Passed = @{}

function Assert-That {
    param([bool] $Condition, [string] $Otherwise)

    if (-not $Condition) {
        throw $Otherwise
    }
}

function Read-Secret {
    # keeps them by their names; none is ever given to a command as an argument
    param([string] $Text)

    if (-not $Text.Trim()) {
        return
    }
    $read = ConvertFrom-Json -InputObject $Text
    foreach ($each in $read.PSObject.Properties) {
        $script:Secrets[$each.Name] = [string] $each.Value
    }
}

function Hide-Secret {
    [OutputType([string])]
    param([string] $Text)

    foreach ($name in $script:Secrets.Keys) {
        if ($name -ne 'admin_user' -and $script:Secrets[$name]) {
            $Text = $Text.Replace($script:Secrets[$name], '***')
        }
    }
    return $Text
}

function Get-SecureSecret {
    # null where it was not given
    param([string] $Name)

    if (-not $script:Secrets.ContainsKey($Name)) {
        return $null
    }
    return (New-Object -TypeName System.Net.NetworkCredential -ArgumentList '', $script:Secrets[$Name]).SecurePassword
}

function Get-SecretText {
    # the JSON object for --secrets-fd, of those that were given
    [OutputType([string])]
    param([string[]] $Name)

    $chosen = @{}
    foreach ($each in $Name) {
        if ($script:Secrets.ContainsKey($each)) {
            $chosen[$each] = $script:Secrets[$each]
        }
    }
    return ConvertTo-Json -InputObject $chosen -Compress
}

function Invoke-Step {
    # one row of the result; what fails fails alone
    param([string] $Name, [string[]] $Needs = @(), [scriptblock] $Action)

    $missing = @($Needs | Where-Object -FilterScript { -not $script:Passed.ContainsKey($_) })
    $watch = [System.Diagnostics.Stopwatch]::StartNew()
    $state = 'skipped'
    $detail = 'needs ' + ($missing -join ', ')
    if ($missing.Count -eq 0) {
        try {
            $detail = [string] (& $Action | Select-Object -Last 1)
            $state = 'ok'
            $script:Passed[$Name] = $true
        }
        catch {
            $state = 'failed'
            $detail = $_.Exception.Message
        }
    }
    $row = [ordered]@{
        name = $Name
        state = $state
        ok = $state -eq 'ok'
        ms = [long] $watch.ElapsedMilliseconds
        detail = Hide-Secret -Text $detail
    }
    [void] $script:Steps.Add($row)
    Write-Output -InputObject ('{0,-8} {1,-18} {2}' -f $row.state, $row.name, $row.detail)
}

function Wait-Until {
    param([scriptblock] $Condition, [string] $What)

    $end = [datetime]::UtcNow.AddSeconds($WaitSeconds)
    while (-not (& $Condition)) {
        Assert-That -Condition ([datetime]::UtcNow -lt $end) -Otherwise "Not within $WaitSeconds s: $What"
        Start-Sleep -Milliseconds 500
    }
}

function Invoke-Native {
    # what a program said on standard output; it throws where its exit code is no accepted one
    [OutputType([string])]
    param([string] $Program, [string[]] $ArgumentList, [string] $InputText = '{}', [int[]] $Accept = @(0))

    # 5.1 takes a line on standard error for an error of its own
    $ErrorActionPreference = 'Continue'
    $OutputEncoding = New-Object -TypeName System.Text.UTF8Encoding -ArgumentList $false
    $path = Join-Path -Path (Get-ProgramFolder) -ChildPath $Program
    $told = ($InputText | & $path @ArgumentList 2>$null | Out-String).Trim()
    $code = $LASTEXITCODE
    Assert-That -Condition ($code -in $Accept) -Otherwise "$Program $($ArgumentList -join ' '): exit code $code. $told"
    return $told
}

function Invoke-Installer {
    # msiexec, silent; its log is looked for where it fails
    param([string] $Action, [string] $Package)

    $log = Join-Path -Path $env:TEMP -ChildPath 'writeback-acceptance-msi.log'
    $words = @($Action, "`"$Package`"", '/qn', '/l*v', "`"$log`"")
    $done = Start-Process -FilePath 'msiexec.exe' -ArgumentList $words -Wait -PassThru
    Assert-That -Condition ($done.ExitCode -eq 0) -Otherwise "msiexec $Action ended with $($done.ExitCode); see $log"
    Remove-Item -LiteralPath $log -ErrorAction SilentlyContinue
}

function Get-ProgramFolder {
    return (Get-ItemProperty -LiteralPath $script:Registry).ProgramFolder
}

function Get-Version {
    return (Get-ItemProperty -LiteralPath $script:Registry).Version
}

function Get-ProductCode {
    # of what is installed now, whichever MSI brought it
    $found = Get-ItemProperty -Path $script:Uninstall -Name 'DisplayName' -ErrorAction SilentlyContinue
    $found | Where-Object -FilterScript { $_.DisplayName -eq 'Writeback' } | ForEach-Object -Process { $_.PSChildName }
}

function Get-AgentService {
    return Get-CimInstance -ClassName Win32_Service -Filter "Name='$($script:Service)'"
}

function Get-Leftover {
    # what of Writeback is on this machine
    [OutputType([string[]])]
    param()

    foreach ($path in $script:Registry, $script:Source, $script:Data) {
        if (Test-Path -LiteralPath $path) {
            $path
        }
    }
    if (Get-AgentService) {
        "the service $($script:Service)"
    }
    if (Get-ProductCode) {
        'Writeback among the installed programs'
    }
    foreach ($name in 'PATH', 'PSModulePath') {
        $value = [System.Environment]::GetEnvironmentVariable($name, 'Machine')
        if ($value -match '\\Writeback\\') {
            "Writeback in $name"
        }
    }
}

function Import-Installed {
    # the module of the version that is installed now
    $folder = Join-Path -Path (Get-ProgramFolder) -ChildPath 'powershell\Writeback'
    Import-Module -Name (Join-Path -Path $folder -ChildPath 'Writeback.psd1') -Force
}

function Get-InstallArgument {
    # for Install-Writeback: what was given, as it takes it
    [OutputType([hashtable])]
    param()

    $given = @{ Confirm = $false }
    if ($script:Secrets.ContainsKey('admin_user')) {
        $words = @($script:Secrets['admin_user'], (Get-SecureSecret -Name 'admin_password'))
        $given['AdminCredential'] = New-Object -TypeName System.Management.Automation.PSCredential -ArgumentList $words
    }
    $names = @{
        AccountPassword = 'account_password'
        EnrolmentCode = 'enrolment_code'
        ProxyPassword = 'proxy_password'
        ServicePassword = 'service_password'
    }
    foreach ($name in $names.Keys) {
        $secret = Get-SecureSecret -Name $names[$name]
        if ($null -ne $secret) {
            $given[$name] = $secret
        }
    }
    if ($ServiceAccount) {
        $given['ServiceAccount'] = $ServiceAccount
    }
    return $given
}

function Wait-Serving {
    Wait-Until -What 'the agent serves' -Condition { (Get-WritebackStatus).Serving }
}

function Test-Package {
    # an upgrade or a downgrade, with the service serving before and after it
    param([string] $Package)

    $before = Get-Version
    Invoke-Installer -Action '/i' -Package $Package
    Import-Installed
    $now = Get-Version
    Assert-That -Condition ($now -ne $before) -Otherwise "the version is $before still"
    $how = ''
    if ($SettingsFile) {
        $program = (Get-AgentService).PathName
        if ($program -notlike "*\$now\*") {
            [void] (Invoke-Native -Program 'writeback.exe' -ArgumentList @('repair', '--yes', '--json', '--secrets-fd', '0'))
            $how = ', service moved by writeback repair'
        }
        Wait-Serving
    }
    return "$before to $now$how"
}

function Test-VirtualAccount {
    # the product's own host process, started by the service control manager as NT SERVICE\...
    $program = Join-Path -Path (Get-ProgramFolder) -ChildPath 'python\python.exe'
    $image = "`"$program`" -I -m agent.platform.windows.service_host"
    [void] (New-Service -Name $script:Service -BinaryPathName $image -StartupType Manual)
    try {
        $account = "NT SERVICE\$($script:Service)"
        $change = @{ StartName = $account; StartPassword = '' }
        $done = Get-AgentService | Invoke-CimMethod -MethodName Change -Arguments $change
        Assert-That -Condition ($done.ReturnValue -eq 0) -Otherwise "the account is refused: $($done.ReturnValue)"
        [void] (Get-AgentService | Invoke-CimMethod -MethodName StartService)
        # there are no settings: it has to have come up, and to have ended by itself
        Wait-Until -What 'the host process ends' -Condition { (Get-AgentService).State -eq 'Stopped' }
        $ended = Get-AgentService
        Assert-That -Condition ($ended.PathName -eq $image) -Otherwise "the path is $($ended.PathName)"
        # 1066: by a code of the service's own; others are Windows', which did not start it
        Assert-That -Condition ($ended.ExitCode -in 0, 1066) -Otherwise "Windows says $($ended.ExitCode)"
        return "$account; ended with $($ended.ServiceSpecificExitCode)"
    }
    finally {
        [void] (Get-AgentService | Invoke-CimMethod -MethodName StopService)
        [void] (Get-AgentService | Invoke-CimMethod -MethodName Delete)
        Wait-Until -What 'the service is deleted' -Condition { -not (Get-AgentService) }
    }
}

function Test-Event {
    # through the source that the MSI made, and its texts
    $mark = [guid]::NewGuid().ToString()
    $log = New-Object -TypeName System.Diagnostics.EventLog -ArgumentList 'Application'
    $log.Source = 'Writeback'
    $instance = New-Object -TypeName System.Diagnostics.EventInstance -ArgumentList $script:EventId, 0
    $log.WriteEvent($instance, @("acceptance $mark"))
    $wanted = @{ LogName = 'Application'; ProviderName = 'Writeback'; Id = $script:EventId }
    Wait-Until -What 'the event is read' -Condition {
        $found = Get-WinEvent -FilterHashtable $wanted -MaxEvents 20 -ErrorAction SilentlyContinue
        @($found | Where-Object -FilterScript { $_.Message -like "*$mark*" }).Count -gt 0
    }
    return "event $($script:EventId) with its text"
}

function Test-InstalledFile {
    # every file as it was built, and Python's own signed by its makers
    $folder = Get-ProgramFolder
    $count = 0
    foreach ($list in 'SHA256SUMS', 'SHA256SUMS.desktop') {
        foreach ($line in Get-Content -LiteralPath (Join-Path -Path $folder -ChildPath $list)) {
            $digest, $name = $line -split '  ', 2
            $hash = Get-FileHash -LiteralPath (Join-Path -Path $folder -ChildPath $name) -Algorithm SHA256
            Assert-That -Condition ($hash.Hash -eq $digest) -Otherwise "$name is another file"
            $count++
        }
    }
    $signed = Get-AuthenticodeSignature -LiteralPath (Join-Path -Path $folder -ChildPath 'python\python.exe')
    Assert-That -Condition ($signed.Status -eq 'Valid') -Otherwise "python.exe: $($signed.StatusMessage)"
    return "$count files; python.exe is signed by $($signed.SignerCertificate.Subject)"
}

function Invoke-MachineStep {
    Invoke-Step -Name 'clean' -Action {
        $who = New-Object -TypeName System.Security.Principal.WindowsPrincipal -ArgumentList (
            [System.Security.Principal.WindowsIdentity]::GetCurrent())
        $administrator = [System.Security.Principal.WindowsBuiltInRole]::Administrator
        Assert-That -Condition ($who.IsInRole($administrator)) -Otherwise 'Open a prompt with Run as administrator.'
        $left = @(Get-Leftover)
        Assert-That -Condition ($left.Count -eq 0) -Otherwise "Writeback is, or was, here: $($left -join '; ')"
    }
    Invoke-Step -Name 'install' -Needs 'clean' -Action {
        Invoke-Installer -Action '/i' -Package $Msi
        Invoke-Native -Program 'writeback.exe' -ArgumentList @('--version')
    }
    Invoke-Step -Name 'files' -Needs 'install' -Action { Test-InstalledFile }
    Invoke-Step -Name 'module' -Needs 'install' -Action {
        Import-Installed
        $commands = @(Get-Command -Module 'Writeback')
        Assert-That -Condition ($commands.Count -eq 4) -Otherwise "it has $($commands.Count) commands"
        $status = Get-WritebackStatus
        Assert-That -Condition (-not $status.Installed) -Otherwise 'something is set up'
        ($commands | ForEach-Object -Process { $_.Name }) -join ', '
    }
    Invoke-Step -Name 'event' -Needs 'install' -Action { Test-Event }
    Invoke-Step -Name 'agent-check-unset' -Needs 'install' -Action {
        $told = Invoke-Native -Program 'writeback-agent.exe' -ArgumentList @('check', '--json') -Accept 2
        $rows = ConvertFrom-Json -InputObject $told
        "$(@($rows).Count) rows, and what is missing is told"
    }
    Invoke-Step -Name 'virtual-account' -Needs 'install' -Action { Test-VirtualAccount }
}

function Invoke-DomainStep {
    Invoke-Step -Name 'plan' -Needs 'module', 'virtual-account' -Action {
        $given = Get-InstallArgument
        $planned = Install-Writeback -SettingsFile $SettingsFile -WhatIf @given
        Assert-That -Condition (-not $planned.Applied) -Otherwise 'a plan was applied'
        Assert-That -Condition (@($planned.Changes).Count -gt 0) -Otherwise 'it plans nothing'
        "$(@($planned.Changes).Count) changes"
    }
    Invoke-Step -Name 'apply' -Needs 'plan' -Action {
        $given = Get-InstallArgument
        $made = Install-Writeback -SettingsFile $SettingsFile @given
        Assert-That -Condition $made.Applied -Otherwise 'nothing was applied'
        Wait-Serving
        "$(@($made.Changes).Count) changes"
    }
    Invoke-Step -Name 'service' -Needs 'apply' -Action {
        $service = Get-AgentService
        Assert-That -Condition ($service.PathName.StartsWith('"')) -Otherwise "not in quotes: $($service.PathName)"
        Assert-That -Condition ($service.StartMode -eq 'Auto') -Otherwise "it starts $($service.StartMode)"
        "$($service.StartName): $($service.PathName)"
    }
    Invoke-Step -Name 'agent-check' -Needs 'apply' -Action {
        [void] (Invoke-Native -Program 'writeback-agent.exe' -ArgumentList @('check', '--json'))
    }
    Invoke-Step -Name 'verify' -Needs 'apply' -Action {
        [void] (Invoke-Native -Program 'writeback.exe' -ArgumentList @('verify', '--json'))
    }
    Invoke-Step -Name 'directory-check' -Needs 'apply' -Action {
        $told = Invoke-Native -Program 'writeback.exe' -ArgumentList @('directory', 'check', '--json', '--secrets-fd', '0')
        "$(@((ConvertFrom-Json -InputObject $told).controllers).Count) controllers"
    }
    Invoke-Step -Name 'permissions' -Needs 'apply' -Action {
        $found = Get-WritebackPermission -ErrorAction Stop
        Assert-That -Condition ($found.WouldWork -gt 0) -Otherwise 'nobody can be reset'
        "$($found.WouldWork) of $($found.People)"
    }
    if ($TestUser) {
        Invoke-Step -Name 'reset' -Needs 'apply' -Action { Test-Person }
    }
    Invoke-Step -Name 'repeat' -Needs 'apply' -Action {
        $given = Get-InstallArgument
        $again = Install-Writeback -SettingsFile $SettingsFile @given
        Assert-That -Condition (-not $again.Applied) -Otherwise 'the same settings changed something'
    }
    if ($ChangedSettingsFile) {
        Invoke-Step -Name 'reconfigure' -Needs 'apply' -Action {
            $given = Get-InstallArgument
            $made = Install-Writeback -SettingsFile $ChangedSettingsFile @given
            Assert-That -Condition $made.Applied -Otherwise 'nothing was changed'
            Wait-Serving
            "$(@($made.Changes).Count) changes"
        }
    }
}

function Test-Person {
    if (-not $script:Secrets.ContainsKey('new_password')) {
        $script:Secrets['new_password'] = 'Wb-' + [guid]::NewGuid().ToString() + '-A1'
    }
    $result = Test-WritebackReset -Identity $TestUser -NewPassword (Get-SecureSecret -Name 'new_password') -ErrorAction Stop
    Assert-That -Condition $result.Succeeded -Otherwise "$($result.Code): $($result.Detail)"
    return "$($result.Milliseconds.total) ms"
}

function Invoke-ServiceStep {
    Invoke-Step -Name 'kill' -Needs 'apply' -Action {
        $before = (Get-AgentService).ProcessId
        Stop-Process -Id $before -Force
        Wait-Until -What 'the service is back' -Condition {
            $now = Get-AgentService
            $now.State -eq 'Running' -and $now.ProcessId -notin 0, $before
        }
        Wait-Serving
        "process $before, then $((Get-AgentService).ProcessId)"
    }
    Invoke-Step -Name 'repair' -Needs 'apply', 'verify' -Action {
        Set-Service -Name $script:Service -StartupType Manual
        [void] (Invoke-Native -Program 'writeback.exe' -ArgumentList @('verify', '--json') -Accept 4)
        [void] (Invoke-Native -Program 'writeback.exe' -ArgumentList @('repair', '--yes', '--json', '--secrets-fd', '0'))
        [void] (Invoke-Native -Program 'writeback.exe' -ArgumentList @('verify', '--json'))
        'a start type that was changed by hand'
    }
}

function Invoke-EndStep {
    if ($SettingsFile) {
        Invoke-Step -Name 'remove' -Needs 'install' -Action {
            $secrets = Get-SecretText -Name 'admin_user', 'admin_password'
            $words = @('remove', '--yes', '--delete-audit', '--json', '--secrets-fd', '0')
            $told = Invoke-Native -Program 'writeback.exe' -ArgumentList $words -InputText $secrets
            "$(@((ConvertFrom-Json -InputObject $told).changes).Count) changes"
        }
    }
    Invoke-Step -Name 'uninstall' -Needs 'install' -Action {
        Remove-Module -Name 'Writeback' -Force -ErrorAction SilentlyContinue
        Invoke-Installer -Action '/x' -Package (Get-ProductCode)
    }
    Invoke-Step -Name 'nothing-left' -Needs 'uninstall' -Action {
        # what could not be taken back is still needed to do so
        $removed = -not $SettingsFile -or $script:Passed.ContainsKey('remove')
        Assert-That -Condition $removed -Otherwise "remove failed; $($script:Data) is kept"
        # what stays by design, such as logs, was not there before this run: it goes with it
        $files = @(Get-ChildItem -LiteralPath $script:Data -Recurse -Force -File -ErrorAction SilentlyContinue |
                ForEach-Object -Process { $_.Name })
        Remove-Item -LiteralPath $script:Data -Recurse -Force -ErrorAction SilentlyContinue
        $left = @(Get-Leftover)
        Assert-That -Condition ($left.Count -eq 0) -Otherwise ($left -join '; ')
        foreach ($name in 'settings.yaml', 'enrolment.json', 'left-behind.txt') {
            Assert-That -Condition ($name -notin $files) -Otherwise "$name was left"
        }
        "stayed until now: $($files -join ', ')"
    }
}

function Write-Result {
    # the form is acceptance.schema.json
    $ok = @($script:Steps | Where-Object -FilterScript { -not $_.ok }).Count -eq 0
    $system = Get-CimInstance -ClassName Win32_OperatingSystem
    $computer = Get-CimInstance -ClassName Win32_ComputerSystem
    $result = [ordered]@{
        version = 1
        ok = $ok
        started = $script:Started
        with_domain = [bool] $SettingsFile
        msi = Split-Path -Path $Msi -Leaf
        newer_msi = if ($NewerMsi) { Split-Path -Path $NewerMsi -Leaf } else { $null }
        windows = $system.Caption
        build = $system.BuildNumber
        powershell = $PSVersionTable.PSVersion.ToString()
        in_domain = [bool] $computer.PartOfDomain
        steps = @($script:Steps)
    }
    $text = Hide-Secret -Text (ConvertTo-Json -InputObject $result -Depth 5)
    $place = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($ResultFile)
    [System.IO.File]::WriteAllText($place, $text)
    return $ok
}

$script:Started = [datetime]::UtcNow.ToString('s') + 'Z'
Read-Secret -Text (@($input) -join [System.Environment]::NewLine)
if (-not $Msi) {
    throw 'Give -Msi FILE.'
}
$Msi = (Resolve-Path -LiteralPath $Msi).ProviderPath
if ($NewerMsi) {
    $NewerMsi = (Resolve-Path -LiteralPath $NewerMsi).ProviderPath
}
try {
    Invoke-MachineStep
    if ($SettingsFile) {
        Invoke-DomainStep
        Invoke-ServiceStep
    }
    if ($NewerMsi) {
        Invoke-Step -Name 'upgrade' -Needs 'module' -Action { Test-Package -Package $NewerMsi }
        Invoke-Step -Name 'downgrade' -Needs 'upgrade' -Action { Test-Package -Package $Msi }
    }
    Invoke-Step -Name 'msi-repair' -Needs 'install' -Action {
        $program = Join-Path -Path (Get-ProgramFolder) -ChildPath 'writeback.exe'
        Remove-Item -LiteralPath $program
        Invoke-Installer -Action '/fa' -Package (Get-ProductCode)
        Test-InstalledFile
    }
}
finally {
    Invoke-EndStep
    $ok = Write-Result
}
exit [int] (-not $ok)
