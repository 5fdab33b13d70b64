import type { ErrorCode } from '../../errors';

/** What to do about each code, in Chinese: one line for each of the catalogue of errors. */
export const remedies: Readonly<Record<ErrorCode, string>> = {
  HIL_BOARD_PORT_MISSING: '接上开发板，或指定 `earshot devices` 列出的端口。',
  HIL_BOARD_PORT_AMBIGUOUS: '在测试台文件中再用序列号或位置指明端口；`earshot devices` 会列出二者。',
  HIL_BOARD_PORT_BUSY: '关闭其他串口监视器，或指定另一个端口。',
  HIL_BOARD_PORT_LOST: '检查 USB 线和集线器，然后重新运行。',
  HIL_BOARD_NETWORK_LOST:
    '检查无线接入点、距离以及同一信道上的其他设备；若只有这块开发板掉线，再检查其天线和供电。然后重新运行。',
  HIL_BOARD_CONSOLE_GAP: '检查 USB 线、集线器及其供电，查看端口断开前开发板打印的内容，然后重新运行。',
  HIL_BOARD_PORT_FAILED: '阅读下面的原因；检查端口权限和线缆。',
  HIL_BOARD_SERVER_UNREACHABLE:
    '在接有开发板的机器上启动 ser2net 或 esp_rfc2217_server，或改正测试台文件中的 `port`。',
  HIL_BOARD_RESET_FAILED:
    '检查 DTR、RTS 与 EN、GPIO0 之间的连接，在测试台文件的 `reset` 中写明该板所需的时序，或给出可切换的 `power`（docs/resetting.md）。',
  HIL_BOARD_DOWNLOAD_MODE: '松开 BOOT 键及其他把 GPIO0 拉低的东西，手动复位开发板；使用原生 USB 的请拔下。',
  HIL_BOARD_QUARANTINED: '按其第一次复位失败所说的修好，然后重新运行。',
  HIL_POWER_FAILED: '以运行时的用户手动运行消息中所说的程序，并按其输出修好。',
  HIL_BOARD_NO_BOOT: '从最后一次复位起阅读控制台日志；固件始终没有进入应用程序。',
  HIL_BOARD_WRONG_DIALECT: '烧录测试台文件所指定的固件，或修改测试台文件中的 `dialect`。',
  HIL_BOARD_OTHER_FIRMWARE: '烧录被测镜像，或在测试台文件的 `image` 中写明开发板所运行的镜像。',
  HIL_BOARD_FIRMWARE_UNKNOWN:
    '以 INFO 日志级别构建固件，使其启动时打印 ELF 的 SHA-256，或从测试台文件中去掉 `image`。',
  HIL_BOARD_UNKNOWN_DIALECT: '在测试台文件中写上面列出的某个方言。',
  HIL_BOARD_SESSION_TIMEOUT: '从最后一次复位起阅读控制台日志；固件始终没有打开会话。',
  HIL_BOARD_CONSOLE_TIMEOUT: '阅读该时刻之前的控制台日志；期望的文字始终没有出现。',
  HIL_BOARD_CONSOLE_FORBIDDEN: '阅读上面所说的那一行控制台日志；用例集规定它不得出现。',
  HIL_BOARD_CONSOLE_OUTPUT_ONLY:
    '使用 UART 接口，以 CONFIG_ESP_CONSOLE_USB_SERIAL_JTAG 构建，或在测试台文件中写 `readsConsole: false`。',
  HIL_BOARD_CONSOLE_GARBLED:
    '把测试台文件中的 `baudRate` 设为固件的波特率（CONFIG_ESP_CONSOLE_UART_BAUDRATE），并检查线缆和接地；ESP-IDF 的二进制日志无法读取。',
  HIL_BOARD_PANIC: '用 `earshot decode --elf` 和该固件的 ELF 解码控制台日志，并修复崩溃。',
  HIL_BOARD_CRASH_MISSING:
    '让固件打印崩溃信息（CONFIG_ESP_SYSTEM_PANIC_PRINT_REBOOT 或 GDB stub）：无声的崩溃无从分析。',
  HIL_BOARD_WATCHDOG_WARNED: '用 `earshot decode` 解码警告中的回溯，让该任务让出 CPU 或喂狗。',
  HIL_BOARD_RESTARTED: '查明固件为何在轮次中途重启：上面的复位原因可区分看门狗与 esp_restart()。',
  HIL_BOARD_LEAK:
    '比较每一轮前后的堆（`heap_trace_start` 或 `heap_caps_print_heap_info`），释放每轮留下的内存；报告中的趋势图显示从何时开始。',
  HIL_BOARD_POWER_FAULT: '检查供电、线缆和集线器，以及是否有其他程序复位开发板；然后重新运行。',
  HIL_BOARD_COMMAND_UNSUPPORTED: '去掉该用例，或选择具有此命令的方言。',
  HIL_BOARD_REPL_SILENT:
    '指定显示 MicroPython `>>>` 的端口，关闭其他向它输入的程序；若有脚本占用，请按复位键。',
  HIL_BOARD_SCRIPT_TIMEOUT: '给脚本更多时间，或查明它在开发板上等待什么。',
  HIL_BOARD_SCRIPT_UNSENDABLE: '在脚本中把该字节写成 `\\x04` 这样的转义。',
  HIL_BOARD_UPLOAD_FAILED: '在开发板上腾出空间，检查线缆，再次写入文件；原有文件保持不变。',
  HIL_FLASH_NO_LOADER:
    '关闭占用该端口的其他程序；按住 BOOT，按下并松开 RESET，再松开 BOOT，然后重新烧录。模拟开发板使用 `--download`。',
  HIL_FLASH_OTHER_CHIP: '指定 ESP32-S3 的端口；`earshot devices` 会列出。',
  HIL_FLASH_PROTECTED: '用乐鑫自己的工具和该板的密钥烧录，或换一块没有此类保护的开发板。',
  HIL_FLASH_TRANSFER: '尝试更低的 --baud 和另一根线；若仍无响应，请手动把开发板复位到下载模式。',
  HIL_FLASH_VERIFY: '以更低的 --baud 重新烧录；若仍不对，则是 flash 芯片或其供电有问题。',
  HIL_FLASH_NO_ROOM: '按该板的 flash 和分区表构建。',
  HIL_FLASH_NVS: '不带 --wifi-ssid 烧录；若 NVS 分区中没有需要的内容，也可先擦除。',
  HIL_FLASH_INTERRUPTED: '重新完整烧录；手动进入下载模式的开发板用其 RESET 键启动。',
  HIL_FLASH_TOOL_MISSING: '安装 esptool（`pip install esptool` 或 ESP-IDF 的 export 脚本），或去掉 --tool。',
  HIL_FLASH_TOOL_FAILED: '阅读上面 esptool 的输出：尝试更低的 --baud，或手动进入下载模式。',
  HIL_VIRTUAL_BOARD_FAILED: '阅读原因；手动启动 `earshot virtual-board` 查看其输出。',

  HIL_CONFIG_FILE_MISSING: '检查路径；它相对于当前文件夹。',
  HIL_CONFIG_SYNTAX: '改正上面所说行的 YAML。',
  HIL_CONFIG_INVALID: '把上面所说行的值改为所期望的值。',
  HIL_CONFIG_USAGE: '用 --help 运行该命令，查看它接受什么。',
  HIL_CONFIG_KEY_EXPOSED: '执行上面所说的 `chmod 600`；若他人可能读过，请更换密钥（docs/security.md）。',
  HIL_CONFIG_DIALECT: '按消息改正方言；docs/own-dialect.md 说明各字段的取值。',
  HIL_CONFIG_SUITE: '改正测试文件；它没有加载，其中内容均未判定。',
  HIL_CONFIG_MATCHER: '按消息改写用例集中的期望；docs/writing-suites.md 列有全部匹配器。',
  HIL_IMAGE_MALFORMED:
    '指定 `idf.py build` 或 `esptool merge-bin` 写出的文件：应用程序、合并镜像或 flasher_args.json。',
  HIL_IMAGE_CORRUPT: '重新构建或获取该文件；其内容在生成之后被改动。',
  HIL_IMAGE_OTHER_CHIP: '为 ESP32-S3 构建固件（`idf.py set-target esp32s3`），或指定其镜像。',
  HIL_ELF_UNREADABLE: '指定链接器在镜像旁写出的 ELF，即完整且未剥离的 `build/<project>.elf`。',
  HIL_ELF_OTHER_BUILD: '指定开发板所运行构建的未剥离 ELF；请把每个版本的 ELF 与其镜像一起保存。',
  HIL_DECODE_TOOL: '安装该工具，或去掉 --addr2line：此时直接读取 ELF。',
  HIL_AUDIO_NOT_WAV: '把文件转换为单声道、16 位的 PCM WAV。',
  HIL_AUDIO_RATE: '把音频重采样到 8 000 至 48 000 Hz 之间。',
  HIL_CORPUS_HASH: '恢复该 WAV，或重新标注，使清单与其一致。',
  HIL_CORPUS_ANNOTATION: '重新标注该音频，使清单与 WAV 的内容一致。',
  HIL_CORPUS_REVIEWED: '查看图表；然后保留原有标注，或用 --force 写入新标注。',
  HIL_CORPUS_UNUSABLE: '在安静的房间里重新录制，若曾削波则降低音量，两端各留半秒静音。',
  HIL_CORPUS_EXISTS: '另选名称，或用 --force 覆盖已有内容。',
  HIL_CORPUS_PROGRAM: '安装上面所说的软件包，或用 --with 指定其他程序。',
  HIL_CORPUS_SOUND:
    '阅读上面程序的输出；列出其设备（`arecord -L`、`pactl list short sources`）并用 --device 指定。',
  HIL_CORPUS_UNKNOWN_CLIP: '使用清单中的 id；上面列有最接近的。',

  HIL_PROVIDER_PORT_TAKEN: '停止占用该端口的进程，或把 `provider.port` 设为 0 以使用任一空闲端口。',
  HIL_PROVIDER_OPEN_TO_ALL: '给模拟服务设置客户端须出示的密钥，或让它只监听 127.0.0.1。',
  HIL_PROVIDER_DIED: '阅读本次运行的服务日志；手动启动服务查看其停止的原因。',
  HIL_PROVIDER_UNREADY: '阅读本次运行的服务日志；服务没有及时就绪。',
  HIL_PROVIDER_REQUEST_FAILED: '阅读上面所说时刻前后的服务日志。',
  HIL_PROVIDER_KEY_MISSING: '在环境变量或当前文件夹的 `.env` 文件中设置上面所说的变量。',
  HIL_PROVIDER_KEY_REJECTED: '检查密钥及其账号；对于签名请求，还要检查本机时钟。',
  HIL_PROVIDER_LIMITED: '稍后再问，减少同时提问的数量，或提高账号的限额。',
  HIL_PROVIDER_QUOTA: '给账号充值或续费；重复提问无济于事。',
  HIL_PROVIDER_SESSION_FAILED:
    '查看服务端事件以及上次复位之后的控制台输出：服务拒绝了会话，或在会话建立过程中将其中断。',
  HIL_PROVIDER_REFUSED: '按上面的回答修改：模型、地址或问题。',
  HIL_PROVIDER_UNREACHABLE: '检查地址、网络和代理；使用自有证书时请用 --ca 指定其 CA。',
  HIL_PROVIDER_TIMEOUT: '稍后再试，换用更快的模型，或给它更多时间。',
  HIL_PROVIDER_CUT: '再试一次；若仍如此，查找途中会截断长回答的代理。',
  HIL_PROVIDER_MALFORMED: '检查该地址是否属于此协议；否则把上面的回答报告给服务商。',
  HIL_PROVIDER_SPEND_CAP: '了解费用之后，用 --max-turns 或 --max-seconds 放宽限制。',
  HIL_PROVIDER_WEBRTC_UNAVAILABLE:
    '在 node-datachannel 提供二进制文件的平台上运行测试台，或用 `npm ci` 连同二进制文件重新安装。',
  HIL_PROVIDER_FAULT_ORDERED:
    '若要判定开发板，请去掉 `provider.faults` 或场景中的故障，或 `provider.network` 中的丢包；开发板对故障的反应见其控制台。',
  HIL_PROVIDER_CANCELLED: '重新运行；有人提前结束了它。',

  HIL_RIG_LINK_LOST: '与模拟开发板的音频连接已断开；阅读开发板的控制台日志，然后重新运行。',
  HIL_RIG_LAGGED: '测试台机器太忙，跟不上音频时钟；关闭其他任务后重新运行。',
  HIL_RIG_XRUN:
    '关闭测试台机器上的其他任务，把声卡插到独立的接口而不是集线器；丢失的是录音，不是开发板的问题。',
  HIL_RIG_TAKES:
    '修好上面破坏录音的问题，然后重新运行；bench.yaml 中的 `turn.retakes` 和 `turn.badTakes` 规定一次运行能容忍多少。',
  HIL_RIG_CLOSED: '请报告此问题：台架在关闭之后仍被使用。',
  HIL_RIG_UNAVAILABLE: '给开发板配置本机可用的台架；docs/sound-cards.md 说明各自的适用场合。',
  HIL_RIG_NO_LOOPBACK: '回环通道上没有找到提示语；检查回环线缆和播放电平。',
  HIL_RIG_CALIBRATION_DAMAGED: '用 earshot calibrate 重新校准台架，它会重写该文件。',
  HIL_RIG_CALIBRATION_TOO_NEW: '使用校准该台架的较新版本 Earshot，或用本版本重新校准。',
  HIL_RIG_CALIBRATION_NOT_STORED: '腾出空间并允许写入，或在测试台文件的 calibration 中指定其他文件。',
  HIL_RIG_OTHER_CARD: '插入已校准的声卡，或用这块声卡运行 earshot calibrate；消息中写有二者。',
  HIL_RIG_PROGRAM_MISSING: '安装消息中所说的软件包，或把该程序放到 PATH 中。',
  HIL_RIG_CARD_MISSING: '插入声卡，或指定 `earshot devices` 列出的声卡。',
  HIL_RIG_CARD_AMBIGUOUS: '按消息所示，用所插的接口指明声卡。',
  HIL_RIG_CARD_BUSY: '关闭占用声卡的程序；`fuser -v /dev/snd/*` 会列出它。',
  HIL_RIG_CARD_REFUSED:
    '把测试台文件中的采样率、格式、输入和输出改为声卡所支持的；`earshot devices` 会列出。',
  HIL_RIG_CARD_LOST: '检查声卡的 USB 线和集线器，或声音服务器，然后重新运行。',
  HIL_RIG_STALLED: '重新插拔声卡，或重启声音服务器；然后重新运行。',
  HIL_RIG_WRONG_RATE:
    '把声卡，或声音服务器的 sink 和 source，设为测试台文件中的采样率，或修改测试台文件与之一致。',
  HIL_RIG_NO_SERVER: '启动 PulseAudio 或 pipewire-pulse，或用 PULSE_SERVER 指定正在运行的服务器。',

  HIL_RUN_STORE_FAILED: '腾出磁盘空间，或修正运行文件夹的权限。',
  HIL_RUN_DISK_LOW: '腾出磁盘空间，或用 --reports 把运行存到其他磁盘；此前记录的内容是完整的。',
  HIL_BENCH_PREFLIGHT: '对该测试台运行 `earshot doctor`，修好它所指出的问题；尚未向开发板提问。',
  HIL_BENCH_QUARANTINED:
    '检查该开发板的麦克风、扬声器和供电，然后用 `earshot boards lift NAME` 让它重新参与测试。',
  HIL_BENCH_HELD:
    '等待它（命令支持时用 `--wait 10m`），用 `earshot boards` 查看由谁占用，或用 `earshot boards release` 让其归还。',
  HIL_BENCH_LEASE_FAILED:
    '在 EARSHOT_LEASES 中指定本机所有使用开发板者都可写入的文件夹；docs/leases.md 说明为何要共用一个。',
  HIL_RUN_NOT_FOUND: '指定含有 run.json 的运行文件夹，例如 reports/ 下的某个。',
  HIL_RUN_TOO_NEW: '用写出该运行的 earshot 版本或更新的版本读取。',
  HIL_RUN_DAMAGED: '恢复运行文件夹；上面所说的文件与所存不符。',
  HIL_RUN_UNMERGEABLE:
    '合并同一版本、服务、场景和提示语的运行，各一次，写入尚不存在的文件夹；长时间运行（soak）以及与另一镜像交替进行的运行不与其他运行合并。',
  HIL_FLEET_QUEUE_UNREACHABLE:
    '启动 Redis，或修正其地址、证书（--redis-ca）或中间的防火墙；docs/fleet.md 说明如何搭建。',
  HIL_FLEET_QUEUE_REFUSED:
    '在地址中写明用户（rediss://USER@HOST），把密码放进 EARSHOT_REDIS_PASSWORD；docs/fleet.md 列出该用户所需的权限。',
  HIL_FLEET_BUNDLE_DAMAGED:
    '检查结果包仓库的磁盘和剩余空间，然后让该单元重新执行；收到的内容与放入的不一致。',
  HIL_FLEET_BUNDLE_UNSAFE:
    '查明这个包是谁写的：Earshot 只打包普通文件和文件夹，数量和大小也都有限；其中的内容都没有解开。',
  HIL_FLEET_BUNDLE_UNFIT: '把文件夹里不是普通文件的东西拿走，或减小其体积；什么都没有发送。',
  HIL_FLEET_BUNDLE_MISSING:
    '在每台测试台上指定同一个结果包仓库，并让它保存的时间长于一个任务连同其报告所需的时间。',
  HIL_FLEET_STORE_FAILED: '按上面仓库给出的说明修复：地址、环境变量中的密钥、文件夹权限，或中间的网络。',
  HIL_FLEET_JOB_UNKNOWN: '指定 `earshot fleet submit` 打印出的任务，以及提交时所用的队列和前缀。',
  HIL_FLEET_UNIT_MISSING:
    '查看接手过该单元的各块板子报告了什么，修好它们或解除隔离，然后用 `earshot fleet retry` 重新执行。',
  HIL_BASELINE_NOT_FOUND:
    '用 `earshot baseline accept` 接受一次运行为基线，或指定 `earshot baseline list` 列出的基线。',
  HIL_BASELINE_DIFFERENT:
    '接受同一开发板、测试台、台架、服务和提示语的基线；已知无害的差异可用 --despite 容忍。',
  HIL_BASELINE_UNFIT:
    '指定已通过的运行，各一次；长时间运行（soak）以及与另一镜像交替进行的运行须单独指定；--force 也接受未通过的运行。',
  HIL_REPORT_ALLURE_MISSING:
    '用 `npm install --save-dev allure@3.18.0` 把它安装在用例集旁；其他功能不需要它。',
  HIL_REPORT_ALLURE_FAILED: '查看 facts 中它打印的内容；allure-results/ 中的结果是完整的，其他报告均已写出。',
  HIL_HOST_DIED: '请连同运行日志报告此问题：主机进程自行停止。',
  HIL_HOST_UNREACHABLE: '通过 `earshot run` 或使用此项目配置的 Jest 启动用例集。',
  HIL_HARNESS_UNEXPECTED: '请连同下面的消息和堆栈报告此问题。',

  HIL_TURN_MICROPHONE_SILENT: '检查麦克风、接线和编解码器设置：房间中有声音，而开发板发出的是静音。',
  HIL_TURN_UNHEARD: '检查音频台架：没有迹象表明提示语在房间中，因此不归咎于开发板。',
  HIL_TURN_MISHEARD: '听一听服务端收到的声音；麦克风通路破坏或截断了提示语。',
  HIL_TURN_SPEAKER_SILENT: '检查功放、扬声器及其接线：服务端发出了应答，却没有声音。',
  HIL_TURN_REPLY_INCOMPLETE: '在报告中比较录音与应答；有一部分没有播放。',
  HIL_TURN_REPLY_STUTTERED: '及时填充 I2S 缓冲区或让驱动清空：下一段应答到来之前它们被重复播放。',
  HIL_TURN_REPLY_WRONG_RATE: '把编解码器和 I2S 设为服务端音频的采样率，或进行转换：应答以另一采样率播放。',
  HIL_TURN_REPLY_MISSING: '阅读该轮次的控制台和服务端事件；应答始终没有开始。',
  HIL_TURN_CALL_MISSING: '服务端请求了此调用而固件没有执行；阅读该轮次的控制台。',
  HIL_TURN_CALL_UNEXPECTED: '固件执行了无人请求的调用；阅读该轮次的控制台。',
  HIL_TURN_CALL_REPEATED: '固件把同一调用执行了不止一次；请按 call_id 去重。',
  HIL_TURN_CALL_ORDER: '查看固件如何排队执行调用：其顺序与服务端请求的不同。',
  HIL_TURN_CALL_ARGUMENTS: '固件所用的参数与服务端发出的不同；查看其参数解析。',
  HIL_TURN_TOO_SLOW: '在时间分段中查看轮次的哪一段耗时。',
  HIL_TURN_SLOWER_THAN_BASELINE: '查看轮次的哪一段变长；若是有意的改变，接受本次运行为新基线。',
  HIL_TURN_NOT_INTERRUPTED:
    '服务端报告语音时（input_audio_buffer.speech_started）停止播放，并丢弃已排队的内容。',
  HIL_TURN_INTERRUPTION_LATE: '更早打断（afterMs），或选用应答更长的提示语。',
  HIL_TURN_ECHO_LEAK: '检查回声消除：参考信号、时延和在处理链中的位置。听一听服务端收到的声音。',
  HIL_TURN_SELF_TRIGGERED: '检查回声消除：开发板的扬声器传到其麦克风的声音太大，服务端把它当作用户。',
  HIL_TURN_NEVER_QUIET: '听一听扬声器：开发板一直说话、啸叫或嗡鸣，无法播放提示语。',
  HIL_TURN_PROVIDER_FAILED: '阅读该轮次的服务端事件；服务没有按应有的方式应答。',
  HIL_TURN_CLOCK_UNSET:
    '让开发板在第一次请求之前能访问时间服务器（SNTP，UDP 端口 123）：没有日期就无法校验证书或签名请求。',
  HIL_TURN_TIME_NOT_TAKEN:
    '让固件在第一次请求之前查询测试台的时间服务器（其地址和 UDP 端口），等待应答并据此设置时钟。',
  HIL_TURN_CLOCK_WRONG: '修正开发板所查询的时间服务器，或固件对其应答所用的时区：证书和签名需要日期。',
  HIL_TURN_TLS_REFUSED: '用签发该服务证书的 CA 构建固件，并检查证书中的名称。',
  HIL_TURN_QUESTION_IGNORED: '阅读该轮次的控制台：固件没有接受键入的问题，或正忙于另一个。',
  HIL_TURN_QUESTION_CHANGED: '查看固件如何解析命令和转义问题：它发出的是另一个问题。',
  HIL_TURN_REQUEST_MISSING: '阅读该轮次的控制台：固件始终没有向服务发出请求。',
  HIL_TURN_REQUEST_FAILED: '检查固件访问的地址、超时设置和网络：服务在线并尽了其责。',
  HIL_TURN_REQUEST_REFUSED: '检查固件所发请求的密钥、签名和格式。',
  HIL_TURN_ERROR_UNREPORTED: '让固件查看回答的状态和正文，并打印服务拒绝的内容。',
  HIL_TURN_ANSWER_MISSING: '阅读该轮次的控制台：服务发出了回答而固件没有打印。',
  HIL_TURN_ANSWER_CUT: '增大固件读取回答的缓冲区，或分段打印。',
  HIL_TURN_ANSWER_CHANGED: '比较所发与所打印的内容：查找丢失、重复的片段和被拆开的字符。',
  HIL_SESSION_TOOL_MISSING: '查看本会话的 session.update：固件没有通告该工具，任何服务都无法调用它。',
  HIL_SESSION_GREETING_MISSING: '从复位起阅读控制台：固件始终没有向服务请求问候语。',
  HIL_SESSION_GREETING_SILENT: '检查功放、扬声器及其接线：问候语已发出，却没有声音。',
  HIL_TURN_BENCH_STALLED:
    '请关闭测试台主机上的其他工作，或减少同时测试的板子：测试台的某个进程未能及时运行，这一轮反映的是它。',
  HIL_TURN_UNMEASURED: '在报告中查看该轮次：开发板没有问题，是其声音无法定位或时钟无法映射。',
  HIL_TURN_UNWATCHED:
    '用 --provider proxy:NAME 代替 live:NAME 运行：这样才能看到向服务请求了什么、它应答了什么。',
  HIL_SCENARIO_MISMATCH: '场景没有请求用例集所期望的内容；让二者一致。',
};
